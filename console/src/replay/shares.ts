import { CommandError, type WireError } from '@toolruntime/client';
import { ask } from '../app/connection.ts';

/** A link to a replay, as it is listed. */
export interface Share {
  readonly shareId: string;
  readonly by: string;
  readonly label?: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly executionId?: string;
  readonly from?: number;
  readonly to?: number;
}

/** What is asked of a new one. */
export interface NewShare {
  readonly execution?: string;
  readonly from?: number;
  readonly to?: number;
  readonly follow?: boolean;
  readonly expiresInHours: number;
  readonly label?: string;
}

/** What a link leads to. */
export interface SharedWhat {
  readonly head: number;
  readonly follows: boolean;
  readonly expiresAt: string;
  readonly executionId?: string;
  readonly from?: number;
  readonly to?: number;
}

/** Makes a link; gives the path of its page, which nobody can be told again. */
export async function makeShare(session: string, share: NewShare): Promise<string> {
  const { path } = (await answer(sharesPath(session), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(share),
  })) as { path: string };
  return path;
}

/** The links of a session that hold. */
export async function listShares(session: string, signal: AbortSignal): Promise<readonly Share[]> {
  return ((await answer(sharesPath(session), { signal })) as { shares: readonly Share[] }).shares;
}

/** Ends a link. */
export async function revokeShare(session: string, id: string): Promise<void> {
  await answer(`${sharesPath(session)}/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

/** What a token leads to. */
export async function findShared(token: string, signal: AbortSignal): Promise<SharedWhat> {
  return (await answer(`/v1/shared/${encodeURIComponent(token)}`, { signal })) as SharedWhat;
}

function sharesPath(session: string): string {
  return `/v1/sessions/${encodeURIComponent(session)}/shares`;
}

/** Rejects with {@link CommandError} where the server says why not. */
async function answer(path: string, init: RequestInit): Promise<unknown> {
  const response = await ask(path, init);
  const body = (await response.json()) as { error?: WireError };
  if (response.ok) return body;
  throw new CommandError(body.error ?? { code: 'internal', message: `HTTP ${response.status}`, retryable: true });
}
