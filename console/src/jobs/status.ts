import type { Job, JobState } from '@toolruntime/client';
import type { Status } from '../tools/status.ts';

const states: Readonly<Record<JobState, Status>> = {
  scheduled: { label: 'Scheduled', icon: 'clock', tone: 'idle' },
  queued: { label: 'Waiting', icon: 'clock', tone: 'busy' },
  running: { label: 'Running', icon: 'dot', tone: 'busy' },
  awaiting_approval: { label: 'Needs approval', icon: 'warn', tone: 'warn' },
  paused: { label: 'Paused', icon: 'pause', tone: 'warn' },
  completed: { label: 'Done', icon: 'check', tone: 'good' },
  failed: { label: 'Failed', icon: 'close', tone: 'bad' },
  timed_out: { label: 'Out of time', icon: 'clock', tone: 'bad' },
  cancelled: { label: 'Cancelled', icon: 'stop', tone: 'idle' },
};

export function jobStatus({ state }: Job): Status {
  return states[state] ?? { label: state, icon: 'dot', tone: 'idle' };
}

/** What the list can be narrowed to. */
export const filters = ['all', 'open', 'scheduled', 'completed', 'failed', 'cancelled'] as const;
export type Filter = (typeof filters)[number];

const filterStates: Readonly<Record<Filter, readonly JobState[]>> = {
  all: [],
  open: ['scheduled', 'queued', 'running', 'awaiting_approval', 'paused'],
  scheduled: ['scheduled'],
  completed: ['completed'],
  failed: ['failed', 'timed_out'],
  cancelled: ['cancelled'],
};

export function statesOf(filter: Filter): readonly JobState[] {
  return filterStates[filter];
}

export const filterLabels: Readonly<Record<Filter, string>> = {
  all: 'All',
  open: 'Open',
  scheduled: 'Scheduled',
  completed: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** Whether nothing more will happen to a job. */
export function jobEnded({ state }: Job): boolean {
  return state === 'completed' || state === 'failed' || state === 'timed_out' || state === 'cancelled';
}
