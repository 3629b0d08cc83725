import { ask } from '../app/connection.ts';
import { Refused } from '../statistics/api.ts';

/** How far back is looked, and how far the points are apart then, seconds. */
export const ranges = {
  '15m': { label: '15 min', seconds: 900, step: 10 },
  '1h': { label: '1 h', seconds: 3_600, step: 20 },
  '6h': { label: '6 h', seconds: 21_600, step: 120 },
  '24h': { label: '24 h', seconds: 86_400, step: 480 },
} as const;
export type Range = keyof typeof ranges;

/** Steps that follow each other and have values. */
interface Run {
  readonly at: number;
  readonly values: readonly number[];
}

/** What `GET /v1/metrics/history` answers. */
export interface MetricHistory {
  readonly from: string;
  readonly stepMs: number;
  readonly steps: number;
  readonly processes: readonly string[];
  readonly missing?: number;
  readonly series: readonly { readonly name: string; readonly unit?: string; readonly runs: readonly Run[] }[];
}

/** Asks the server; rejects with {@link Refused} where it says why not. */
export async function loadHistory(range: Range, names: readonly string[], signal: AbortSignal): Promise<MetricHistory> {
  const { seconds, step } = ranges[range];
  const from = new Date(Date.now() - seconds * 1_000).toISOString();
  const query = new URLSearchParams({ names: names.join(','), from, step: String(step) });
  const response = await ask(`/v1/metrics/history?${query}`, { headers: { accept: 'application/json' }, signal });
  const body = (await response.json()) as MetricHistory | { error?: { code?: string; message?: string } };
  if (response.ok) return body as MetricHistory;
  const { code = 'internal', message = `HTTP ${response.status}` } =
    (body as { error?: Record<string, string> }).error ?? {};
  throw new Refused(code, message);
}
