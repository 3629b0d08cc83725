import { ask } from '../app/connection.ts';
import { Refused } from '../statistics/api.ts';
import { panelNames } from './panels.ts';

/** How far back is looked, and how far the points are apart then, seconds. */
export const ranges = {
  '15m': { label: '15 min', seconds: 900, step: 10 },
  '1h': { label: '1 h', seconds: 3_600, step: 20 },
  '6h': { label: '6 h', seconds: 21_600, step: 120 },
  '24h': { label: '24 h', seconds: 86_400, step: 480 },
} as const;
export type Range = keyof typeof ranges;

/** To choose from. */
export const rangeNames = Object.entries(ranges).map(([range, { label }]) => [range as Range, label] as const);

/** Steps that follow each other and have values. */
export interface Run {
  readonly at: number;
  readonly values: readonly number[];
}

/** A value for each step, as far as there are any. */
export interface Series {
  readonly name: string;
  readonly unit?: string;
  readonly runs: readonly Run[];
}

/** Which steps there are. */
export interface Steps {
  readonly from: string;
  readonly stepMs: number;
  readonly steps: number;
}

/** What `GET /v1/metrics/history` answers. */
export interface MetricHistory extends Steps {
  readonly processes: readonly string[];
  readonly missing?: number;
  readonly series: readonly Series[];
}

/** What the server remembers of its metrics. */
export function loadMetrics(range: Range, signal: AbortSignal): Promise<MetricHistory> {
  return loadHistory('/v1/metrics/history', range, { names: panelNames.join(',') }, signal);
}

/** Asks the server for what it remembers; rejects with {@link Refused} where it says why not. */
export async function loadHistory<T>(
  path: string,
  range: Range,
  more: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<T> {
  const { seconds, step } = ranges[range];
  const from = new Date(Date.now() - seconds * 1_000).toISOString();
  const query = new URLSearchParams({ ...more, from, step: String(step) });
  const response = await ask(`${path}?${query}`, { headers: { accept: 'application/json' }, signal });
  const body = (await response.json()) as T | { error?: { code?: string; message?: string } };
  if (response.ok) return body as T;
  const { code = 'internal', message = `HTTP ${response.status}` } =
    (body as { error?: Record<string, string> }).error ?? {};
  throw new Refused(code, message);
}
