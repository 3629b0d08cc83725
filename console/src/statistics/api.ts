import { ask } from '../app/connection.ts';

/** How far back statistics look. */
export const windows = ['hour', 'day', 'week'] as const;
export type StatisticsWindow = (typeof windows)[number];

/** Calls that have ended. */
export interface Figures {
  readonly calls: number;
  readonly completed: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly cancelled: number;
  readonly retries: number;
  readonly timeouts: number;
  readonly fallbacks: number;
  readonly cacheHits: number;
  /** 0 to 1; absent where nothing was judged. */
  readonly successRate?: number;
  readonly p50Ms?: number;
  readonly p95Ms?: number;
  readonly p99Ms?: number;
  /** Attempts whose processes were measured; the three that follow are there with it. */
  readonly measured?: number;
  readonly cpuMs?: number;
  readonly peakMemoryBytes?: number;
  readonly largestPeakBytes?: number;
  /** Calls to services; absent where there were none, as the two that follow. */
  readonly apiCalls?: number;
  /** What tools themselves took in from services and files, and gave out to them. */
  readonly bytesIn?: number;
  readonly bytesOut?: number;
}

export interface Now {
  readonly running: number;
  readonly waiting: number;
}

export type Breaker = 'closed' | 'half_open' | 'open';

export interface ToolFigures extends Figures, Now {
  readonly tool: string;
  readonly breaker?: Breaker;
}

export interface Point extends Figures {
  readonly at: string;
}

/** What `GET /v1/statistics` answers. */
export interface Statistics {
  readonly window: StatisticsWindow;
  readonly from: string;
  readonly to: string;
  readonly stepMs: number;
  readonly tools: readonly ToolFigures[];
  readonly total: Figures & Now;
  readonly series: readonly Point[];
}

/** What is asked for: of a session or of the tenant; the series of one tool or of all. */
export interface Question {
  readonly window: StatisticsWindow;
  readonly session: string | undefined;
  readonly tool: string | undefined;
}

/** Why there is nothing to show. */
export class Refused extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Asks the server; rejects with {@link Refused} where it says why not. */
export async function loadStatistics({ window, session, tool }: Question, signal: AbortSignal): Promise<Statistics> {
  const query = new URLSearchParams({ window });
  if (session !== undefined) query.set('session', session);
  if (tool !== undefined) query.set('tool', tool);
  const response = await ask(`/v1/statistics?${query}`, { headers: { accept: 'application/json' }, signal });
  const body = (await response.json()) as Statistics | { error?: { code?: string; message?: string } };
  if (response.ok) return body as Statistics;
  const { code = 'internal', message = `HTTP ${response.status}` } =
    (body as { error?: Record<string, string> }).error ?? {};
  throw new Refused(code, message);
}
