import { type ExecutionState, emptyView, type View, type ViewBatch, type ViewExecution } from '@toolruntime/client';
import { describe, expect, it } from 'vitest';
import { approvalEnd, asking } from '../src/tools/approvals.ts';
import { batchStatus, executionStatus, figuresOf } from '../src/tools/status.ts';

const counter: Readonly<Record<string, 'completed' | 'failed' | 'executing' | 'pending'>> = {
  completed: 'completed',
  executing: 'executing',
  backoff: 'executing',
  pending: 'pending',
  awaiting_approval: 'pending',
};

/** A batch whose tools are in these states; `denied` is a failed one that a person denied. */
function viewOf(batchState: ViewBatch['state'], ...states: (ExecutionState | 'denied')[]): View {
  const counts = { completed: 0, failed: 0, executing: 0, pending: 0 };
  const executions: Record<string, ViewExecution> = {};
  states.forEach((each, index) => {
    const state = each === 'denied' ? 'failed' : each;
    counts[counter[state] ?? 'failed']++;
    const error = { code: each, message: '', retryable: false };
    const call = { batchId: 'b', callId: `c${index}`, index, name: 'shell', arguments: {} };
    executions[`x${index}`] = { ...call, state, attempt: 1, output: {}, ...(state === 'failed' ? { error } : {}) };
  });
  const batch: ViewBatch = {
    ...{ state: batchState, total: states.length, ...counts, executions: Object.keys(executions) },
    startedAt: '2026-01-01T00:00:00.000Z',
    deadline: '2026-01-01T00:05:00.000Z',
    approvalDeadline: '2026-01-01T01:00:00.000Z',
  };
  return { ...emptyView, batches: { b: batch }, executions };
}

const batchOf = (view: View) => view.batches.b as ViewBatch;

describe('the state of a batch', () => {
  it.each([
    ['Done', 'good', viewOf('completed', 'completed', 'completed')],
    ['Done with failures', 'warn', viewOf('completed', 'completed', 'failed', 'cancelled')],
    ['Partly cancelled', 'idle', viewOf('completed', 'completed', 'cancelled')],
    ['Partly denied', 'idle', viewOf('completed', 'completed', 'denied')],
    ['Failed', 'bad', viewOf('failed', 'failed', 'denied')],
    ['Denied', 'idle', viewOf('failed', 'denied', 'denied')],
    ['Cancelled', 'idle', viewOf('failed', 'cancelled')],
    ['Cancelled', 'idle', viewOf('cancelled', 'completed', 'failed', 'cancelled')],
    ['Out of time', 'bad', viewOf('timed_out', 'completed', 'timed_out')],
    ['Running', 'busy', viewOf('executing', 'executing')],
    ['Running 2 of 4 tools', 'busy', viewOf('executing', 'executing', 'backoff', 'completed', 'pending')],
    ['Waiting', 'busy', viewOf('executing', 'pending', 'completed')],
    ['1 needs approval', 'warn', viewOf('executing', 'awaiting_approval', 'executing')],
    ['2 need approval', 'warn', viewOf('executing', 'awaiting_approval', 'awaiting_approval', 'completed')],
    ['Paused', 'warn', viewOf('paused', 'awaiting_approval', 'executing')],
  ])('is %s', (label, tone, view) => {
    expect(batchStatus(batchOf(view), figuresOf(view, batchOf(view)))).toMatchObject({ label, tone });
  });

  it('is ending once all that still runs is', () => {
    const view = viewOf('executing', 'executing', 'executing', 'completed');
    const ending = (...ids: string[]): View => ({
      ...view,
      batches: { b: { ...batchOf(view) } },
      executions: Object.fromEntries(
        Object.entries(view.executions).map(([id, each]) => [id, ids.includes(id) ? { ...each, ending: true } : each]),
      ),
    });
    const labels = [ending('x0'), ending('x0', 'x1')].map(
      (each) => batchStatus(batchOf(each), figuresOf(each, batchOf(each))).label,
    );
    expect(labels).toEqual(['Running 2 of 3 tools', 'Ending']);
  });

  it('what was cancelled or denied does not count as failed', () => {
    const view = viewOf('completed', 'completed', 'failed', 'timed_out', 'cancelled', 'denied');
    expect(figuresOf(view, batchOf(view))).toMatchObject({ done: 1, failed: 2, cancelled: 1, denied: 1 });
  });

  it('a call whose processes are being ended is not said to run, or to be paused', () => {
    const call = viewOf('executing', 'executing').executions.x0 as ViewExecution;
    expect(executionStatus({ ...call, ending: true, suspended: true })).toMatchObject({
      label: 'Ending',
      tone: 'warn',
    });
  });

  it('a denied call is no failure', () => {
    const view = viewOf('failed', 'denied');
    expect(executionStatus(view.executions.x0 as ViewExecution)).toMatchObject({ label: 'Denied', tone: 'idle' });
  });
});

describe('what waits for a person', () => {
  it('is found in batches that go on', () => {
    expect(asking(viewOf('executing', 'completed', 'awaiting_approval', 'awaiting_approval'))).toEqual(['x1', 'x2']);
    expect(asking(viewOf('timed_out', 'awaiting_approval'))).toEqual([]);
  });

  it('has the time of people while nothing else runs, and the deadline of the work otherwise', () => {
    const end = (view: View) => new Date(approvalEnd(batchOf(view), asking(view).length) as number).toISOString();
    expect(end(viewOf('executing', 'awaiting_approval', 'completed'))).toBe('2026-01-01T01:00:00.000Z');
    expect(end(viewOf('executing', 'awaiting_approval', 'executing'))).toBe('2026-01-01T00:05:00.000Z');
    expect(end(viewOf('executing', 'awaiting_approval', 'pending'))).toBe('2026-01-01T00:05:00.000Z');
  });
});
