import {
  CommandError,
  decodeJobPage,
  type ErrorCode,
  type Job,
  type JobPage,
  type JsonObject,
  type JsonValue,
  jobPagePath,
  newId,
  type ToolCall,
} from '@toolruntime/client';
import { ask } from '../app/connection.ts';
import { type Filter, statesOf } from './status.ts';

/** The newest jobs that the caller may read. */
export async function readJobs(filter: Filter, tool: string, limit: number, signal?: AbortSignal): Promise<JobPage> {
  const init: RequestInit = { headers: { accept: 'application/json' }, ...(signal === undefined ? {} : { signal }) };
  return decodeJobPage(await answer(jobPagePath({ states: statesOf(filter), tool, limit }), init));
}

/** Ends a job. */
export async function cancelJob({ jobId }: Job): Promise<void> {
  await answer(`${pathOf(jobId)}/cancel`, { method: 'POST', headers: { 'idempotency-key': newId() } });
}

/** Runs the calls of a job once more, as another job of its session. */
export async function retryJob(job: Job): Promise<void> {
  const { executions } = await answer(pathOf(job.jobId), {});
  const known = Object.entries((executions ?? {}) as Record<string, JsonObject>);
  const inOrder = known.sort(([, a], [, b]) => Number(a.index) - Number(b.index));
  const calls = await Promise.all(inOrder.map(([id, execution]) => callOf(job.session, id, execution)));
  await command(job.session, { type: 'tools.run', calls, job: { priority: job.priority } });
}

/** What a call was given; it may be shortened where all are told together. */
async function callOf(session: string, executionId: string, execution: JsonObject): Promise<JsonObject & ToolCall> {
  const { shortened } = execution;
  const cut = Array.isArray(shortened) && shortened.includes('arguments');
  const whole = cut ? await command(session, { type: 'tool.details', executionId }) : execution;
  return { tool: String(whole.name), arguments: whole.arguments as JsonObject };
}

const pathOf = (jobId: string) => `/v1/jobs/${encodeURIComponent(jobId)}`;

function command(session: string, fields: Readonly<Record<string, JsonValue>>): Promise<JsonObject> {
  return answer(`/v1/sessions/${encodeURIComponent(session)}/commands`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: newId(), ...fields }),
  });
}

async function answer(path: string, init: RequestInit): Promise<JsonObject> {
  const response = await ask(path, init);
  const body = (await response.json().catch(() => ({}))) as JsonObject;
  if (response.ok) return body;
  const { code, message, retryable } = (body.error ?? {}) as { code?: string; message?: string; retryable?: boolean };
  throw new CommandError({
    code: (code ?? 'internal') as ErrorCode,
    message: message ?? `HTTP ${response.status}`,
    retryable: retryable === true,
  });
}
