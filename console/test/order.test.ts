import { type ExecutionState, emptyView, type View, type ViewBatch } from '@toolruntime/client';
import { describe, expect, it } from 'vitest';
import { counted, kindsOf, ordered } from '../src/tools/order.ts';

const states: readonly ExecutionState[] = [
  'completed',
  'failed',
  'executing',
  'pending',
  'timed_out',
  'awaiting_approval',
  'cancelled',
  'backoff',
  'completed',
];
const executions = states.map((_, i) => `x${i}`);
const view = {
  ...emptyView,
  executions: Object.fromEntries(states.map((state, i) => [`x${i}`, { state }])),
} as unknown as View;
const digits = kindsOf(view, { executions } as unknown as ViewBatch);

describe('the tools of a large batch', () => {
  it('have those first that need somebody, run or have failed, each kind in call order', () =>
    expect(ordered(executions, digits, 'all')).toEqual(['x5', 'x2', 'x7', 'x1', 'x4', 'x3', 'x0', 'x8', 'x6']));

  it('are found by what has become of them', () => {
    expect(ordered(executions, digits, 'failed')).toEqual(['x1', 'x4']);
    expect(ordered(executions, digits, 'done')).toEqual(['x0', 'x8']);
    expect(Object.fromEntries(counted(digits))).toEqual({
      approval: 1,
      running: 2,
      failed: 2,
      waiting: 1,
      done: 2,
      cancelled: 1,
    });
  });
});
