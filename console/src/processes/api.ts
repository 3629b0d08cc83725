import { CommandError, type ErrorCode, newId } from '@toolruntime/client';
import { ask } from '../app/connection.ts';

export type Activity = 'running' | 'sleeping' | 'disk_wait' | 'stopped' | 'traced' | 'zombie';

/** A process, as the server tells of it; what is absent could not be known. */
export interface Process {
  readonly id: string;
  readonly silo: string;
  readonly host: string;
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly command: string;
  readonly user: string;
  readonly startedAt: string;
  readonly state: Activity;
  readonly cpuPercent?: number;
  readonly cpuMs: number;
  readonly memoryBytes: number;
  readonly threads: number;
  readonly openFiles?: number;
  readonly readBytes?: number;
  readonly writtenBytes?: number;
  readonly waitsForInput?: boolean;
  readonly ports: readonly number[];
  readonly server?: boolean;
  readonly tenant?: string;
  readonly session?: string;
  readonly executionId?: string;
  readonly tool?: string;
}

/** What the feed tells: all at first, then what has changed. */
export interface ProcessFrame {
  readonly reset?: boolean;
  readonly more?: boolean;
  readonly silent?: number;
  readonly processes: readonly Process[];
  readonly gone?: readonly string[];
}

/** Signals that people send. */
export const signals = ['SIGINT', 'SIGTERM', 'SIGKILL', 'SIGSTOP', 'SIGCONT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;
export type Signal = (typeof signals)[number];

/** Sends a signal to that process, and to none that has got its number since. */
export async function sendSignal(process: Process, signal: Signal): Promise<void> {
  await post(`/v1/processes/${encodeURIComponent(process.id)}/signal`, { signal });
}

/** Shows what a process prints, in a session, until it exits or that execution is cancelled. */
export async function attach({ id, pid }: Process, session: string): Promise<void> {
  const start = Number(id.split('-')[2]);
  const call = { tool: 'attach', arguments: { pid, start } };
  await post(`/v1/sessions/${encodeURIComponent(session)}/commands`, { id: newId(), type: 'tools.run', calls: [call] });
}

/** Why a request was refused. */
export async function refusal(response: Response): Promise<CommandError> {
  const body = (await response.json().catch(() => ({}))) as { error?: { code?: ErrorCode; message?: string } };
  const { code = 'internal', message = `HTTP ${response.status}` } = body.error ?? {};
  return new CommandError({ code, message, retryable: false });
}

async function post(path: string, body: unknown): Promise<void> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await ask(path, init);
  if (!response.ok) throw await refusal(response);
}
