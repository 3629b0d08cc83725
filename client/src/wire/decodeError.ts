import type { FailureError, WireError } from './errors.ts';
import { asObject, isObject, optNumber, optValue, text } from './fields.ts';
import type { JsonValue } from './json.ts';

/** Reads `error {code, message, retryable, retryAfterMs?, details?}` of an event. */
export function decodeFailure(json: JsonValue | undefined): FailureError {
  const o = asObject(json, 'error');
  return {
    code: text(o, 'code'),
    message: typeof o.message === 'string' ? o.message : '',
    retryable: o.retryable === true,
    ...(typeof o.retryAfterMs === 'number' ? optNumber(o, 'retryAfterMs') : {}),
    ...optValue(o, 'details'),
  };
}

/** Reads the error of a refused command; never throws. */
export function decodeWireError(json: JsonValue | undefined): WireError {
  if (!isObject(json)) return { code: 'internal', message: 'The server sent no error.', retryable: false };
  return {
    code: typeof json.code === 'string' ? json.code : 'internal',
    message: typeof json.message === 'string' ? json.message : '',
    retryable: json.retryable === true,
    ...(typeof json.retryAfterMs === 'number' ? optNumber(json, 'retryAfterMs') : {}),
    ...(typeof json.reconnectAfterMs === 'number' ? optNumber(json, 'reconnectAfterMs') : {}),
    ...optValue(json, 'details'),
  };
}
