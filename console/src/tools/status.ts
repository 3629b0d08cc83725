import type { BatchState, ExecutionState, ViewBatch, ViewExecution } from '@toolruntime/client';
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

const batches: Readonly<Record<BatchState, Status>> = {
  executing: { label: 'Running', icon: 'dot', tone: 'busy' },
  paused: { label: 'Paused', icon: 'pause', tone: 'warn' },
  completed: { label: 'Done', icon: 'check', tone: 'good' },
  failed: { label: 'Failed', icon: 'close', tone: 'bad' },
  timed_out: { label: 'Timed out', icon: 'clock', tone: 'bad' },
  cancelled: { label: 'Cancelled', icon: 'stop', tone: 'idle' },
};

const ending: Status = { label: 'Ending', icon: 'stop', tone: 'warn' };
const suspended: Status = { label: 'Paused', icon: 'pause', tone: 'warn' };

export function executionStatus(execution: ViewExecution): Status {
  if (execution.state === 'executing' && execution.ending) return ending;
  if (execution.state === 'executing' && execution.suspended) return suspended;
  return executions[execution.state] ?? { label: execution.state, icon: 'dot', tone: 'idle' };
}

const withFailures: Status = { label: 'Done with failures', icon: 'warn', tone: 'warn' };
const partlyCancelled: Status = { label: 'Partly cancelled', icon: 'stop', tone: 'idle' };

/** @param cancelled how many of the batch's tools were cancelled; the batch counts them as failed. */
export function batchStatus({ state, failed }: ViewBatch, cancelled: number): Status {
  if (state === 'completed' && failed > cancelled) return withFailures;
  if (state === 'completed' && cancelled > 0) return partlyCancelled;
  return batches[state] ?? { label: state, icon: 'dot', tone: 'idle' };
}

/** Whether nothing more will happen to an execution. */
export function hasEnded(state: ExecutionState): boolean {
  return state === 'completed' || state === 'failed' || state === 'timed_out' || state === 'cancelled';
}

/** Whether nothing more will happen to a batch. */
export function batchEnded(state: BatchState): boolean {
  return state !== 'executing' && state !== 'paused';
}
