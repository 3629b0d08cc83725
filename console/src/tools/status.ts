import type { BatchState, ExecutionState, View, ViewBatch, ViewExecution } from '@toolruntime/client';
import { count } from '../ui/format.ts';
import type { IconName } from '../ui/icons.tsx';

/** How a state is shown: in words, by an icon, and by a tone that the style sheet colours. */
export interface Status {
  readonly label: string;
  readonly icon: IconName;
  readonly tone: 'idle' | 'busy' | 'good' | 'bad' | 'warn';
}

const executions: Readonly<Record<ExecutionState, Status>> = {
  pending: { label: 'Waiting', icon: 'clock', tone: 'idle' },
  awaiting_approval: { label: 'Needs approval', icon: 'warn', tone: 'warn' },
  executing: { label: 'Running', icon: 'dot', tone: 'busy' },
  backoff: { label: 'Retrying soon', icon: 'retry', tone: 'warn' },
  completed: { label: 'Done', icon: 'check', tone: 'good' },
  failed: { label: 'Failed', icon: 'close', tone: 'bad' },
  timed_out: { label: 'Timed out', icon: 'clock', tone: 'bad' },
  cancelled: { label: 'Cancelled', icon: 'stop', tone: 'idle' },
};

const ending: Status = { label: 'Ending', icon: 'stop', tone: 'warn' };
const suspended: Status = { label: 'Paused', icon: 'pause', tone: 'warn' };
const denied: Status = { label: 'Denied', icon: 'stop', tone: 'idle' };

export function executionStatus(execution: ViewExecution): Status {
  if (execution.state === 'executing' && execution.ending) return ending;
  if (execution.state === 'executing' && execution.suspended) return suspended;
  if (isDenied(execution)) return denied;
  return executions[execution.state] ?? { label: execution.state, icon: 'dot', tone: 'idle' };
}

/** Whether a person has said no: what was asked for has not failed. */
export function isDenied({ state, error }: ViewExecution): boolean {
  return state === 'failed' && error?.code === 'denied';
}

/** How many of a batch's tools are where; the batch itself counts all that did not complete as failed. */
export interface Figures {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly denied: number;
  readonly cancelled: number;
  readonly running: number;
  /** Of those that run: are being ended. */
  readonly ending: number;
  /** Waits for a person. */
  readonly asking: number;
  readonly waiting: number;
}

const counted = new WeakMap<ViewBatch, Figures>();

/** The figures of a batch; the same object as long as the batch is the same. */
export function figuresOf({ executions: all }: View, batch: ViewBatch): Figures {
  const known = counted.get(batch);
  if (known !== undefined) return known;
  const n = { denied: 0, cancelled: 0, asking: 0, ending: 0 };
  for (const id of batch.executions) {
    const execution = all[id];
    if (execution === undefined) continue;
    if (execution.state === 'cancelled') n.cancelled++;
    else if (execution.state === 'awaiting_approval') n.asking++;
    else if (isDenied(execution)) n.denied++;
    else if (execution.state === 'executing' && execution.ending) n.ending++;
  }
  const { total, completed, executing } = batch;
  const failed = batch.failed - n.cancelled - n.denied;
  const figures = { total, done: completed, running: executing, failed, waiting: batch.pending - n.asking, ...n };
  counted.set(batch, figures);
  return figures;
}

const ends: Readonly<Partial<Record<BatchState, Status>>> = {
  failed: { label: 'Failed', icon: 'close', tone: 'bad' },
  timed_out: { label: 'Out of time', icon: 'clock', tone: 'bad' },
  cancelled: executions.cancelled,
};

/** A batch in words. What needs a person comes first; one with failures is not green, and what was cancelled or denied has not failed. */
export function batchStatus({ state }: ViewBatch, figures: Figures): Status {
  const { total, done, failed, cancelled, running, asking, waiting } = figures;
  if (batchIsEnding(figures)) return ending;
  if (state === 'paused') return suspended;
  if (state === 'executing') {
    const tools = count(total, 'tool');
    if (asking > 0)
      return { label: `${asking} ${asking === 1 ? 'needs' : 'need'} approval`, icon: 'warn', tone: 'warn' };
    if (running > 0 && total === 1) return { label: 'Running', icon: 'dot', tone: 'busy' };
    if (running > 0) return { label: `Running ${running} of ${tools}`, icon: 'dot', tone: 'busy' };
    return { label: waiting > 0 ? 'Waiting' : 'Running', icon: waiting > 0 ? 'clock' : 'dot', tone: 'busy' };
  }
  if (state === 'completed') {
    if (failed > 0) return { label: 'Done with failures', icon: 'warn', tone: 'warn' };
    if (done === total) return { label: 'Done', icon: 'check', tone: 'good' };
    return { label: cancelled > 0 ? 'Partly cancelled' : 'Partly denied', icon: 'stop', tone: 'idle' };
  }
  if (state === 'failed' && failed === 0) return cancelled > 0 ? executions.cancelled : denied;
  return ends[state] ?? { label: state, icon: 'dot', tone: 'idle' };
}

/** Whether all that still runs of a batch is being ended. */
export function batchIsEnding({ running, ending: ended, asking, waiting }: Figures): boolean {
  return running > 0 && ended === running && asking + waiting === 0;
}

/** Whether nothing more will happen to an execution. */
export function hasEnded(state: ExecutionState): boolean {
  return state === 'completed' || state === 'failed' || state === 'timed_out' || state === 'cancelled';
}

/** Whether nothing more will happen to a batch. */
export function batchEnded(state: BatchState): boolean {
  return state !== 'executing' && state !== 'paused';
}
