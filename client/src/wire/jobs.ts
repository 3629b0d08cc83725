import { asArray, asObject, number, optional, optNumber, optText, optTrue, text, texts } from './fields.ts';
import type { JsonObject, JsonValue } from './json.ts';

/** Whom a job's tools go before where they wait for a slot. */
export type JobPriority = 'critical' | 'default' | 'low';

/** Has a batch run as a job: in the list of jobs, perhaps later. */
export interface JobRequest {
  readonly priority?: JobPriority;
  /** Begins so many milliseconds later. */
  readonly delayMs?: number;
  /** Begins then; not with {@link delayMs}. */
  readonly startAt?: string;
  /** Who is told of its end, signed by the tenant's secret, or by the one that `key` names. */
  readonly webhook?: { readonly url: string; readonly key?: string };
}

/** What a batch says of itself that is a job. */
export interface JobInfo {
  readonly priority: JobPriority;
  /** When it begins, where that was later than its making. */
  readonly notBefore?: string;
  /** Whether its end is told to somebody. */
  readonly webhook?: boolean;
}

/** How a job stands; servers may know more states than these. */
export type JobState =
  | 'scheduled'
  | 'queued'
  | 'running'
  | 'awaiting_approval'
  | 'paused'
  | 'completed'
  | 'failed'
  | 'timed_out'
  | 'cancelled';

/** A job in the list. */
export interface Job extends JobInfo {
  readonly jobId: string;
  readonly session: string;
  readonly batchId: string;
  readonly state: JobState;
  readonly tools: readonly string[];
  readonly total: number;
  readonly by?: string;
  readonly createdAt: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** How long it waited before its first tool began, until now where that has not. */
  readonly waitedMs: number;
  /** How long it has run, or ran. */
  readonly ranMs?: number;
  /** 0 to 100, of one that runs, where that is known. */
  readonly percent?: number;
  /** The code of its first failure. */
  readonly error?: string;
}

/** Which jobs to read. */
export interface JobPageOptions {
  readonly states?: readonly JobState[];
  readonly tool?: string;
  /** The `next` of the page before. */
  readonly after?: string;
  /** At most so many, 1 to 200. Default 50. */
  readonly limit?: number;
}

/** Jobs, the newest first. */
export interface JobPage {
  readonly jobs: readonly Job[];
  /** Where there are more. */
  readonly next?: string;
}

/** The path of a page. */
export function jobPagePath({ states, tool, after, limit }: JobPageOptions = {}): string {
  const query = new URLSearchParams();
  if (states !== undefined && states.length > 0) query.set('state', states.join(','));
  if (tool !== undefined && tool !== '') query.set('tool', tool);
  if (after !== undefined) query.set('after', after);
  if (limit !== undefined) query.set('limit', String(limit));
  const search = query.toString();
  return `/v1/jobs${search === '' ? '' : `?${search}`}`;
}

/** Reads a page. Throws {@link DecodeError}. */
export function decodeJobPage(json: JsonObject): JobPage {
  return { jobs: asArray(json.jobs, 'jobs').map(job), ...optText(json, 'next') };
}

/** `{job}` where an object has one, else `{}`. @internal */
export const optJob = (o: JsonObject) => optional(o, 'job', (from) => info(asObject(from.job, 'job')));

function info(o: JsonObject): JobInfo {
  return { priority: text(o, 'priority') as JobPriority, ...optText(o, 'notBefore'), ...optTrue(o, 'webhook') };
}

function job(json: JsonValue): Job {
  const o = asObject(json, 'job');
  return {
    ...info(o),
    jobId: text(o, 'jobId'),
    session: text(o, 'session'),
    batchId: text(o, 'batchId'),
    state: text(o, 'state') as JobState,
    tools: texts(o, 'tools'),
    total: number(o, 'total'),
    ...optText(o, 'by'),
    createdAt: text(o, 'createdAt'),
    ...optText(o, 'startedAt'),
    ...optText(o, 'endedAt'),
    waitedMs: number(o, 'waitedMs'),
    ...optNumber(o, 'ranMs'),
    ...optNumber(o, 'percent'),
    ...optText(o, 'error'),
  };
}
