import { afterEach, describe, expect, it } from 'vitest';
import { navigate, showStatistics } from '../src/app/route.ts';
import type { Figures, Point } from '../src/statistics/api.ts';
import { compact, percent, spent } from '../src/statistics/figures.ts';
import { columns, tell } from '../src/statistics/series.ts';

const none: Figures = {
  calls: 0,
  completed: 0,
  failed: 0,
  timedOut: 0,
  cancelled: 0,
  retries: 0,
  timeouts: 0,
  fallbacks: 0,
  cacheHits: 0,
};

const point = (at: string, figures: Partial<Figures>): Point => ({ ...none, ...figures, at });

describe('columns', () => {
  const asked = {
    from: '2026-11-28T10:00:00.000Z',
    to: '2026-11-28T10:03:20.500Z',
    stepMs: 60_000,
    series: [
      point('2026-11-28T10:01:00.000Z', { calls: 6, completed: 3, failed: 1, timedOut: 1, cancelled: 1, p50Ms: 12 }),
      point('2026-11-28T10:03:00.000Z', { calls: 1, completed: 1 }),
    ],
  };

  it('has every step, those in which nothing ended too', () => {
    const { at, completed, p50, p99 } = columns(asked);
    expect(at.map((second) => second - Date.parse(asked.from) / 1_000)).toEqual([0, 60, 120, 180]);
    expect(completed).toEqual([0, 3, 0, 1]);
    expect(p50).toEqual([null, 12, null, null]);
    expect(p99).toEqual([null, null, null, null]);
  });

  it('puts what failed on what completed, and what was cancelled on both', () => {
    const { failed, cancelled, own } = columns(asked);
    expect(failed).toEqual([0, 5, 0, 1]);
    expect(cancelled).toEqual([0, 6, 0, 1]);
    expect(own).toEqual({ failed: [0, 2, 0, 0], cancelled: [0, 1, 0, 0] });
  });

  it('is told in words', () => expect(tell(asked)).toBe('7 calls, of which 2 failed or timed out'));
});

describe('figures', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [999.6, '1.0 k'],
    [1_234, '1.2 k'],
    [34_499, '34 k'],
    [999_600, '1.0 M'],
    [5_600_000, '5.6 M'],
  ])('shows %d as %s', (n, text) => expect(compact(n)).toBe(text));

  it.each([
    [undefined, '–'],
    [0, '0 ms'],
    [999, '999 ms'],
    [999.6, '1.0 s'],
    [9_960, '10 s'],
    [59_960, '1.0 min'],
    [3_600_000, '1.0 h'],
  ])('shows %s ms as %s', (ms, text) => expect(spent(ms)).toBe(text));

  it.each([
    [undefined, '–'],
    [0, '0 %'],
    [0.0001, '0.1 %'],
    [0.123, '12.3 %'],
    [0.9999, '99.9 %'],
    [1, '100 %'],
  ])('shows a rate of %s as %s', (rate, text) => expect(percent(rate)).toBe(text));
});

describe('the address', () => {
  afterEach(() => history.replaceState(null, '', '/'));

  it('names what is shown, and only what is not usual', () => {
    navigate('s1');
    showStatistics({ window: 'hour', session: undefined, tool: undefined });
    expect(location.pathname + location.search).toBe('/statistics');
    showStatistics({ window: 'week', session: 's1', tool: 'shell' });
    expect(location.pathname + location.search).toBe('/statistics?window=week&session=s1&tool=shell');
  });
});
