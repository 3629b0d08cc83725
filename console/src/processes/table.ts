import type { ProcessInfo } from '@toolruntime/client';

export type Column =
  | 'command'
  | 'pid'
  | 'user'
  | 'state'
  | 'cpu'
  | 'memory'
  | 'threads'
  | 'files'
  | 'read'
  | 'written'
  | 'started';

export interface Order {
  readonly column: Column;
  readonly down: boolean;
}

/** A process, and how deep it stands below its parents. */
export interface Line {
  readonly process: ProcessInfo;
  readonly depth: number;
}

/** Those that the words are all found in, in order; as a tree each below its parent, where that is among them. */
export function lines(all: Iterable<ProcessInfo>, words: string, order: Order, tree: boolean): readonly Line[] {
  const found = [...all].filter(finder(words));
  found.sort((a, b) => ownFirst(a, b) || compare(a, b, order) || a.pid - b.pid);
  return tree ? nest(found) : found.map((process) => ({ process, depth: 0 }));
}

/** Whether all the words are found in a process. */
export function finder(words: string): (process: ProcessInfo) => boolean {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return (process) => {
    const text = textOf(process);
    return wanted.every((word) => text.includes(word));
  };
}

/** What tools of one's own have started is what one looks for. */
function ownFirst(a: ProcessInfo, b: ProcessInfo): number {
  return Number(b.session !== undefined) - Number(a.session !== undefined);
}

function textOf({ command, name, pid, user, tool, named, session, ports }: ProcessInfo): string {
  return [command, name, pid, user, tool, named, session, ...ports.map((port) => `:${port}`)].join(' ').toLowerCase();
}

const keys: Readonly<Record<Column, (process: ProcessInfo) => string | number>> = {
  command: (process) => process.command || process.name,
  pid: (process) => process.pid,
  user: (process) => process.user,
  state: (process) => process.state,
  cpu: (process) => process.cpuPercent ?? -1,
  memory: (process) => process.memoryBytes,
  threads: (process) => process.threads,
  files: (process) => process.openFiles ?? -1,
  read: (process) => process.readBytes ?? -1,
  written: (process) => process.writtenBytes ?? -1,
  started: (process) => process.startedAt,
};

function compare(a: ProcessInfo, b: ProcessInfo, { column, down }: Order): number {
  const [left, right] = [keys[column](a), keys[column](b)];
  const way = left < right ? -1 : left > right ? 1 : 0;
  return down ? -way : way;
}

/** What a tool has started begins a tree of its own, or it would be found deep below the server. */
function nest(found: readonly ProcessInfo[]): readonly Line[] {
  const place = ({ silo, pid }: { readonly silo: string; readonly pid: number }) => `${silo} ${pid}`;
  const there = new Map(found.map((process) => [place(process), process]));
  const children = new Map<string, ProcessInfo[]>();
  const roots: ProcessInfo[] = [];
  for (const process of found) {
    const above = there.get(place({ silo: process.silo, pid: process.parent }));
    if (above === undefined || (process.session !== undefined && above.session === undefined)) roots.push(process);
    else children.set(place(above), [...(children.get(place(above)) ?? []), process]);
  }
  const result: Line[] = [];
  const add = (process: ProcessInfo, depth: number) => {
    result.push({ process, depth });
    for (const child of children.get(place(process)) ?? []) if (child.pid !== process.pid) add(child, depth + 1);
  };
  for (const process of roots) add(process, 0);
  return result;
}
