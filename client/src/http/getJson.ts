import type { ConnectionOptions } from '../connection/connection.ts';
import { decodeWireError } from '../wire/decodeError.ts';
import { CommandError } from '../wire/errors.ts';
import { parseObject } from '../wire/fields.ts';
import type { JsonObject } from '../wire/json.ts';

/** The HTTP address of a path beside `/v1/ws`. @internal */
export function addressOf(webSocket: string, path: string): string {
  const url = new URL(path, webSocket);
  url.protocol = /^(wss|https):$/.test(url.protocol) ? 'https:' : 'http:';
  return url.href;
}

/** GETs JSON from the gateway of a connection, with its credentials. Rejects with {@link CommandError}; nothing is tried again. */
export async function getJson(options: ConnectionOptions, path: string, signal?: AbortSignal): Promise<JsonObject> {
  const token = typeof options.token === 'function' ? await options.token() : options.token;
  const headers: Record<string, string> = { accept: 'application/json' };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  const request: RequestInit = { headers, ...(signal === undefined ? {} : { signal }) };
  let response: Response;
  let body: JsonObject;
  try {
    response = await (options.fetch ?? fetch)(addressOf(options.url, path), request);
    body = parseObject(await response.text());
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    const error = new CommandError({ code: 'unavailable', message: 'The server gave no answer.', retryable: true });
    error.cause = cause;
    throw error;
  }
  if (!response.ok) throw new CommandError(decodeWireError(body.error));
  return body;
}
