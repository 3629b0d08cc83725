import type { ConnectionOptions } from '../connection/connection.ts';
import { httpAddress } from '../connection/gateways.ts';

/** Of a connection, what is needed to ask over HTTP. */
export type HttpOptions = Pick<ConnectionOptions, 'token' | 'fetch'>;

/** Fetches a path beside a WebSocket's address: with the token, or else the page's cookie, also where that gateway is not the page's own. */
export async function fetchAt(
  options: HttpOptions,
  webSocket: string,
  path: string,
  init: RequestInit,
): Promise<Response> {
  const token = typeof options.token === 'function' ? await options.token() : options.token;
  const credentials: RequestInit =
    token === undefined
      ? { credentials: 'include' }
      : { headers: { ...Object.fromEntries(new Headers(init.headers)), authorization: `Bearer ${token}` } };
  return (options.fetch ?? fetch)(httpAddress(webSocket, path), { ...init, ...credentials });
}
