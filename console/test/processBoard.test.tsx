import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';

import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Execution, ProcessHistory } from '../src/processBoard/api.ts';
import { countsOf, curvesOf, labelOf, ordered, sum } from '../src/processBoard/curves.ts';
import { Exits, Restarts } from '../src/processBoard/Moves.tsx';
import { Talkers } from '../src/processBoard/Talkers.tsx';

const place = { session: 's1', tool: 'shell' };
const series = (name: string, ...values: number[]) => ({ name, runs: [{ at: 0, values }] });

function execution(executionId: string, cpuMs: number, memoryBytes: number, outputBytes: number): Execution {
  const curves = [series('cpu', cpuMs / 1_000, 0), series('memory', memoryBytes), series('output', outputBytes)];
  return {
    ...{ ...place, executionId, startedAt: '2026-11-28T10:00:00.000Z', cpuMs, memoryBytes, outputBytes },
    series: curves,
  };
}

const busy = execution('exe-aaaa1111', 9_000, 1_000, 0);
const loud = execution('exe-bbbb2222', 10, 2_000, 5_000);
const history: ProcessHistory = {
  ...{ from: '2026-11-28T10:00:00Z', stepMs: 20_000, steps: 2, silos: 1 },
  total: [series('cpu', 9.01, 0), series('memory', 3_000, 0), series('output', 5_000, 0), series('exits', 0.1, 0.05)],
  executions: [busy, loud],
  exits: [],
  restarts: [],
};

afterEach(cleanup);

describe('curves of processes', () => {
  it('are all together, and those that took most of that', () => {
    expect(curvesOf(history, 'cpu', undefined).map(({ label }) => label)).toEqual(['All', 'shell 1111', 'shell 2222']);
    expect(curvesOf(history, 'output', undefined).map(({ label }) => label)).toEqual(['All', 'shell 2222']);
    expect(curvesOf(history, 'memory', undefined)[1]?.values).toEqual([2_000, null]);
    expect(curvesOf(history, 'output', busy.executionId).map(({ label }) => label)).toEqual(['All', 'shell 1111']);
    expect(ordered(history.executions, 'memory')).toEqual([loud, busy]);
  });

  it('count what happened in each step', () => {
    expect(countsOf(history, 'exits')).toEqual([2, 1]);
    expect(sum(countsOf(history, 'exits'))).toBe(3);
    expect(countsOf(history, 'restarts')).toEqual([]);
  });

  it('call a named process by its name', () => {
    expect(labelOf({ ...place, executionId: 'exe-cccc3333', named: 'web' })).toBe('web 3333');
  });
});

describe('those that take most', () => {
  it('are ordered as is asked for, and one is chosen', () => {
    const choose = vi.fn();
    render(<Talkers executions={history.executions} chosen={undefined} choose={choose} />);
    const order = () =>
      within(screen.getByTestId('process-board-top'))
        .getAllByTestId('process-board-choose')
        .map((button) => button.textContent);
    expect(order()).toEqual(['shell 1111', 'shell 2222']);
    fireEvent.click(screen.getByTestId('process-board-by-output'));
    expect(order()).toEqual(['shell 2222', 'shell 1111']);
    expect(screen.getByRole('columnheader', { name: 'Printed' }).getAttribute('aria-sort')).toBe('descending');
    fireEvent.click(screen.getByRole('button', { name: 'shell 2222' }));
    expect(choose).toHaveBeenCalledWith(loud.executionId);
  });
});

describe('ends and restarts', () => {
  const at = '2026-11-28T10:00:00.000Z';

  it('say how they came about', () => {
    render(
      <Exits
        exits={[
          {
            ...place,
            at,
            executionId: 'exe-1',
            outcome: 'failed',
            exitCode: 137,
            signal: 'SIGKILL',
            code: 'exit_code',
          },
          { ...place, at, executionId: 'exe-2', outcome: 'timed_out', code: 'attempt_timeout' },
        ]}
      />,
    );
    const rows = screen.getAllByRole('row').map((row) => row.textContent);
    expect(rows[1]).toContain('failedSIGKILL (137)exit_code');
    expect(rows[2]).toContain('timed out–attempt_timeout');
  });

  it('tell attempts, restarts and what people wanted apart', () => {
    render(
      <Restarts
        restarts={[
          { ...place, at, executionId: 'exe-1', kind: 'retry', number: 2, code: 'attempt_timeout' },
          { ...place, at, executionId: 'exe-2', kind: 'process', named: 'web', number: 3, exitCode: 4 },
          { ...place, at, executionId: 'exe-3', kind: 'process', named: 'web' },
        ]}
      />,
    );
    const rows = screen.getAllByRole('row').map((row) => row.textContent);
    expect(rows[1]).toContain('attempt 2');
    expect(rows[2]).toContain('restart 3exit 4');
    expect(rows[3]).toContain('restarted by hand');
  });

  it('say that there were none', () => {
    render(<Restarts restarts={[]} />);
    expect(screen.getByTestId('process-board-no-restarts').textContent).toBe('Restarts: Nothing was run again.');
  });
});
