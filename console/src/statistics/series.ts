import type { Point, Statistics } from './api.ts';

/** Columns as a chart takes them; one entry a step of the window, `null` where nothing was measured. */
export interface Columns {
  /** Seconds since 1970. */
  readonly at: readonly number[];
  /** How calls ended, each on top of the one before it. */
  readonly completed: readonly number[];
  readonly failed: readonly number[];
  readonly cancelled: readonly number[];
  /** The same, each by itself. */
  readonly own: { readonly failed: readonly number[]; readonly cancelled: readonly number[] };
  readonly p50: readonly (number | null)[];
  readonly p95: readonly (number | null)[];
  readonly p99: readonly (number | null)[];
}

/** Fills the steps in which nothing ended. */
export function columns({ from, to, stepMs, series }: Pick<Statistics, 'from' | 'to' | 'stepMs' | 'series'>): Columns {
  const points = new Map(series.map((point) => [Date.parse(point.at), point]));
  const steps: number[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += stepMs) steps.push(at);
  const each = <T>(read: (point: Point | undefined) => T) => steps.map((at) => read(points.get(at)));
  const completed = (p: Point | undefined) => p?.completed ?? 0;
  const failed = (p: Point | undefined) => completed(p) + (p?.failed ?? 0) + (p?.timedOut ?? 0);
  return {
    at: steps.map((at) => at / 1_000),
    completed: each(completed),
    failed: each(failed),
    cancelled: each((p) => failed(p) + (p?.cancelled ?? 0)),
    own: { failed: each((p) => failed(p) - completed(p)), cancelled: each((p) => p?.cancelled ?? 0) },
    p50: each((p) => p?.p50Ms ?? null),
    p95: each((p) => p?.p95Ms ?? null),
    p99: each((p) => p?.p99Ms ?? null),
  };
}

/** What a chart of calls says to who can't see it. */
export function tell({ series }: Pick<Statistics, 'series'>): string {
  const ended = series.reduce((sum, point) => sum + point.calls, 0);
  const bad = series.reduce((sum, point) => sum + point.failed + point.timedOut, 0);
  return `${ended} calls, of which ${bad} failed or timed out`;
}
