import type { ConnectionOptions } from '../connection/connection.ts';
import { addressOf } from './getJson.ts';

/** Longest texts that are sent; the server cuts them as well. */
const maxMessage = 2_000;
const maxStack = 8_000;

/** What a report says besides the error itself. */
export interface FaultContext {
  /** Which program it is, and which version. */
  readonly client?: string;
  /** Where in it, without anything secret. */
  readonly page?: string;
  /** The session that it was about. */
  readonly session?: string;
}

/** Sends an error of this program to the server's log, once. Never rejects: what fails here is of no one's interest. */
export async function reportFault(
  options: Pick<ConnectionOptions, 'url' | 'token' | 'fetch'>,
  error: unknown,
  context: FaultContext = {},
): Promise<void> {
  try {
    const known = error instanceof Error ? error : new Error(String(error));
    const token = typeof options.token === 'function' ? await options.token() : options.token;
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    const message = (known.message === '' ? known.name : known.message).slice(0, maxMessage);
    const body = JSON.stringify({ message, name: known.name, stack: known.stack?.slice(0, maxStack), ...context });
    await (options.fetch ?? fetch)(addressOf(options.url, '/v1/client-errors'), {
      method: 'POST',
      headers,
      body,
      keepalive: true,
    });
  } catch {
    // It stays on this side.
  }
}
