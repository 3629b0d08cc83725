import { CommandError, type ErrorCode, newId, type ProcessInfo } from '@toolruntime/client';
import { ask } from '../app/connection.ts';

/** Signals that people send. */
export const signals = ['SIGINT', 'SIGTERM', 'SIGKILL', 'SIGSTOP', 'SIGCONT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;
export type Signal = (typeof signals)[number];

/** Sends a signal to that process, and to none that has got its number since. */
export async function sendSignal(process: ProcessInfo, signal: Signal): Promise<void> {
  await post(`/v1/processes/${encodeURIComponent(process.id)}/signal`, { signal });
}

/** Shows what a process prints, in a session, until it exits or that execution is cancelled. */
export async function attach({ id, pid }: ProcessInfo, session: string): Promise<void> {
  const start = Number(id.split('-')[2]);
  const call = { tool: 'attach', arguments: { pid, start } };
  await post(`/v1/sessions/${encodeURIComponent(session)}/commands`, { id: newId(), type: 'tools.run', calls: [call] });
}

/** Why a request was refused. */
async function refusal(response: Response): Promise<CommandError> {
  const body = (await response.json().catch(() => ({}))) as { error?: { code?: ErrorCode; message?: string } };
  const { code = 'internal', message = `HTTP ${response.status}` } = body.error ?? {};
  return new CommandError({ code, message, retryable: false });
}

async function post(path: string, body: unknown): Promise<void> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await ask(path, init);
  if (!response.ok) throw await refusal(response);
}
