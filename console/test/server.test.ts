import { describe, expect, it } from 'vitest';
import { showServer, showStatistics } from '../src/app/route.ts';
import { panelNames, panels } from '../src/server/panels.ts';
import { drawnOf, summarize } from '../src/server/values.ts';

describe('what the server remembers', () => {
  it('has a value for each step, and none where nothing is known', () => {
    const { at, series } = drawnOf({ from: '2026-11-28T10:00:00Z', stepMs: 10_000, steps: 5 }, [
      {
        name: 'append.p99',
        runs: [
          { at: 1, values: [0.5, 2] },
          { at: 4, values: [1] },
        ],
      },
      { name: 'model.p99', runs: [] },
    ]);
    expect(at.map((second) => second - (at[0] ?? 0))).toEqual([0, 10, 20, 30, 40]);
    expect(series.get('append.p99')).toEqual([null, 0.5, 2, null, 1]);
    expect(series.get('model.p99')).toEqual([null, null, null, null, null]);
  });

  it('comes to what it was last, on average and at most', () => {
    expect(summarize([null, 0.5, 2, null, 0.5, null])).toEqual({ now: 0.5, mean: 1, most: 2 });
    expect(summarize([null])).toEqual({ now: undefined, mean: undefined, most: undefined });
  });

  it('is asked for once each', () => {
    expect(panelNames).toHaveLength(panels.flatMap(({ curves }) => curves).length);
  });

  it('reads small times, rates and sizes as people do', () => {
    const read = (title: string, value: number) => panels.find((panel) => panel.title === title)?.format(value);
    expect(read('Append to the log', 0.00042)).toBe('0.42 ms');
    expect(read('Append to the log', 1.5)).toBe('1.5 s');
    expect(read('Sent', 2_048)).toBe('2.0 KB/s');
    expect(read('Processor', 1.25)).toBe('125 %');
  });
});

describe('the address of the server’s figures', () => {
  it('names the range, and has one way back', () => {
    showStatistics({ window: 'hour', session: undefined, tool: undefined });
    const before = history.length;
    showServer('15m');
    expect(location.pathname + location.search).toBe('/statistics/server');
    showServer('6h');
    expect(location.pathname + location.search).toBe('/statistics/server?range=6h');
    expect(history.length).toBe(before + 1);
  });
});
