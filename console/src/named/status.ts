import type { NamedProcess, NamedProcessState } from '@toolruntime/client';
import type { Status } from '../tools/status.ts';

const states: Readonly<Record<NamedProcessState, Status>> = {
  stopped: { label: 'Stopped', icon: 'stop', tone: 'idle' },
  waiting: { label: 'Waiting', icon: 'clock', tone: 'warn' },
  starting: { label: 'Starting', icon: 'clock', tone: 'busy' },
  running: { label: 'Running', icon: 'dot', tone: 'busy' },
  ready: { label: 'Ready', icon: 'check', tone: 'good' },
  stopping: { label: 'Stopping', icon: 'stop', tone: 'warn' },
  backoff: { label: 'Restarts soon', icon: 'retry', tone: 'warn' },
  completed: { label: 'Done', icon: 'check', tone: 'idle' },
  failed: { label: 'Failed', icon: 'close', tone: 'bad' },
};

/** How a process is shown. One without a readiness check is as good as ready when it runs. */
export function processStatus({ state, process }: NamedProcess): Status {
  const status = states[state] ?? { label: state, icon: 'dot', tone: 'idle' };
  return state === 'running' && process.ready === undefined ? { ...status, tone: 'good' } : status;
}

/** Whether it does not run and is not about to. */
export function isAtRest({ state }: NamedProcess): boolean {
  return state === 'stopped' || state === 'completed' || state === 'failed';
}

/** What there is to say besides its state: whom it waits for, how it ended. */
export function processNote(process: NamedProcess): string {
  const { state, waitsFor, exitCode, error } = process;
  if (state === 'waiting') return `for ${(waitsFor ?? []).join(', ')}`;
  if (state === 'failed' && error !== undefined) return error.message;
  if (exitCode === undefined) return '';
  return isAtRest(process) || process.state === 'backoff' ? `exit ${exitCode}` : `last exit ${exitCode}`;
}
