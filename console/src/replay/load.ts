import { ask } from '../app/connection.ts';
import { LineCutter, readLine } from './lines.ts';
import type { ReplayLog } from './log.ts';

/** So often it is told that there is more. */
const tellMs = 50;

/** The address of a recording. */
export function recordingPath(
  session: string,
  execution: string | undefined,
  format: 'cast' | 'text' | 'events',
  shared?: string,
): string {
  if (shared !== undefined) return `/v1/shared/${shared}/recording?format=${format}`;
  const of = execution === undefined ? '' : `/executions/${encodeURIComponent(execution)}`;
  return `/v1/sessions/${encodeURIComponent(session)}${of}/recording?format=${format}`;
}

/** The address of what a view needs that shows a session, or a tool, as it was at a seq. */
export function momentPath(session: string, execution: string | undefined, at: number): string {
  return `${recordingPath(session, execution, 'events')}&at=${at}`;
}

/** Reads a recording into a log; tells after each part that came. Rejects where there is none, or where it ends too early. */
export async function load(path: string, log: ReplayLog, grown: () => void, signal: AbortSignal): Promise<void> {
  const response = await ask(path, { signal });
  if (!response.ok || response.body === null) throw new Error(await problemOf(response));
  const cutter = new LineCutter();
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let told = performance.now();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    for (const line of cutter.add(decoder.decode(value, { stream: true }))) log.add(readLine(line));
    if (performance.now() - told > tellMs || log.whole) {
      grown();
      told = performance.now();
    }
    if (log.cut) {
      void reader.cancel();
      log.whole = true;
      grown();
      return;
    }
  }
  if (!log.whole) throw new Error('The recording was cut off.');
}

async function problemOf(response: Response): Promise<string> {
  try {
    const { error } = (await response.json()) as { error?: { message?: string } };
    return error?.message ?? `The server answered ${response.status}.`;
  } catch {
    return `The server answered ${response.status}.`;
  }
}
