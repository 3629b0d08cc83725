import type { ProcessesSnapshot, ProcessInfo } from '@toolruntime/client';
import { useSyncExternalStore } from 'react';
import { connection } from '../app/connection.ts';

/** A tool of which no process is left. */
export interface Ended {
  /** The process that it began with. */
  readonly process: ProcessInfo;
  /** When that was seen, epoch milliseconds. */
  readonly at: number;
}

interface Known {
  /** The first processes of the tools that run, by {@link keyOf}. */
  readonly running: ReadonlyMap<string, ProcessInfo>;
  /** The newest first. */
  readonly ended: readonly Ended[];
}

/** As many as are remembered. */
const most = 50;
export const nothing: Known = { running: new Map(), ended: [] };

/** A named process is one over all its runs, any other tool is its execution. */
const keyOf = ({ session, executionId, named }: ProcessInfo) => `${session}/${named ?? `:${executionId}`}`;

/**
 * What has ended since `before`, of what the caller may run again.
 * @param again executions that were run again: their end is no news.
 */
export function follow(
  before: Known,
  { status, processes }: Pick<ProcessesSnapshot, 'status' | 'processes'>,
  again: ReadonlySet<string>,
  at: number,
): Known {
  if (status !== 'live' || processes === undefined) return before;
  const running = new Map<string, ProcessInfo>();
  for (const process of processes.values()) {
    if (process.executionId === undefined || process.mayRestart !== true || process.state === 'zombie') continue;
    const key = keyOf(process);
    const first = running.get(key);
    if (first === undefined || startOf(process) < startOf(first)) running.set(key, process);
  }
  for (const [key, process] of before.running) {
    // Its first process may have left others behind, which say less of what it is.
    if (running.get(key)?.executionId === process.executionId) running.set(key, process);
  }
  const gone = [...before.running].filter(
    ([key, { executionId = '' }]) => !running.has(key) && !again.has(executionId),
  );
  const still = before.ended.filter(({ process }) => !running.has(keyOf(process)));
  if (gone.length === 0 && still.length === before.ended.length) return { running, ended: before.ended };
  return { running, ended: [...gone.map(([, process]) => ({ process, at })), ...still].slice(0, most) };
}

/** `silo-pid-start`: of one host the lower start is the earlier, then the lower number. */
const startOf = ({ id, pid }: ProcessInfo) => Number(id.split('-')[2]) * 4_194_304 + pid;

const watch = connection.watchProcesses();
const listeners = new Set<() => void>();
const again = new Set<string>();
let known = nothing;

function set(next: Known): void {
  const changed = next.ended !== known.ended;
  known = next;
  if (changed) for (const listener of [...listeners]) listener();
}

watch.subscribe(() => set(follow(known, watch.getSnapshot(), again, Date.now())));

/** An execution was run again: it is not on the list, or no more. */
export function ranAgain(executionId: string): void {
  again.add(executionId);
  set({ ...known, ended: known.ended.filter(({ process }) => process.executionId !== executionId) });
}

/** Takes all off the list. */
export function forgetAll(): void {
  set({ ...known, ended: [] });
}

/** The tools of which the last process has ended while this page was looking, the newest first. */
export function useEnded(): readonly Ended[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => known.ended,
  );
}
