import { decodeWireError } from '../wire/decodeError.ts';
import { CommandError } from '../wire/errors.ts';
import { parseObject } from '../wire/fields.ts';
import type { JsonObject } from '../wire/json.ts';
import { fetchAt, type HttpOptions } from './fetchAt.ts';

/** GETs JSON beside a WebSocket's address. Rejects with {@link CommandError}; nothing is tried again. */
export async function getJson(
  options: HttpOptions,
  webSocket: string,
  path: string,
  signal?: AbortSignal,
): Promise<JsonObject> {
  const request: RequestInit = { headers: { accept: 'application/json' }, ...(signal === undefined ? {} : { signal }) };
  let response: Response;
  let body: JsonObject;
  try {
    response = await fetchAt(options, webSocket, path, request);
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
