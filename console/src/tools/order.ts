import type { ExecutionState, View, ViewBatch } from '@toolruntime/client';
import { isDenied } from './status.ts';

/** Which tools of a batch are shown. */
export type Filter = 'all' | Kind;

/** Kinds of states that a reader looks for, in the order of how much they matter. */
export const kinds = ['approval', 'running', 'failed', 'waiting', 'done', 'denied', 'cancelled'] as const;
export type Kind = (typeof kinds)[number];

const kindOf: Readonly<Record<ExecutionState, Kind>> = {
  awaiting_approval: 'approval',
  executing: 'running',
  backoff: 'running',
  failed: 'failed',
  timed_out: 'failed',
  pending: 'waiting',
  completed: 'done',
  cancelled: 'cancelled',
};

/** A digit for each execution of a batch: its kind. A string, so that it is the same value as long as none has changed. */
export function kindsOf(view: View, batch: ViewBatch): string {
  let digits = '';
  for (const id of batch.executions) {
    const execution = view.executions[id];
    const denied = execution !== undefined && isDenied(execution);
    digits += kinds.indexOf(denied ? 'denied' : (kindOf[execution?.state ?? 'pending'] ?? 'waiting'));
  }
  return digits;
}

/** Those of a kind, or all with what runs and what has failed first; each kind in call order. */
export function ordered(executions: readonly string[], digits: string, filter: Filter): readonly string[] {
  const wanted = filter === 'all' ? kinds : [filter];
  return wanted.flatMap((kind) => {
    const digit = String(kinds.indexOf(kind));
    return executions.filter((_, i) => digits[i] === digit);
  });
}

/** How many there are of each kind. */
export function counted(digits: string): ReadonlyMap<Kind, number> {
  const counts = new Map<Kind, number>();
  for (const digit of digits) {
    const kind = kinds[Number(digit)] ?? 'waiting';
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}
