import type { JsonValue } from './json.ts';

/** The error codes of protocol version 1. A server may send others later; treat those like `internal`. */
export type ErrorCode =
  | 'invalid_frame'
  | 'invalid_command'
  | 'invalid_arguments'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'rate_limited'
  | 'too_large'
  | 'quota_exceeded'
  | 'unavailable'
  | 'timeout'
  | 'search_not_configured'
  | 'internal';

/** Why a command was refused. */
export interface WireError {
  /** One of {@link ErrorCode}; a plain string because a newer server may know more. */
  readonly code: string;
  /** For people. Never holds a stack trace or a secret. */
  readonly message: string;
  /** Whether the same command may succeed later. {@link Connection.request} retries such errors itself until its time is over. */
  readonly retryable: boolean;
  /** Milliseconds to wait before the next try. */
  readonly retryAfterMs?: number;
  /** The server stops: milliseconds after which another connection may find one that takes commands. {@link Connection} sees to it. */
  readonly reconnectAfterMs?: number;
  readonly details?: JsonValue;
}

/** Why an execution or a reply failed. Codes are open: `exit_code`, `denied`, `runner_lost`, `circuit_open`, … */
export interface FailureError {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  /** Milliseconds before which another try has no chance. */
  readonly retryAfterMs?: number;
  /** More, such as which quota is used up (`quota_exceeded`). */
  readonly details?: JsonValue;
}

/** What a refused, expired or abandoned command rejects with. */
export class CommandError extends Error implements WireError {
  readonly code: ErrorCode | (string & {});
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  readonly reconnectAfterMs?: number;
  readonly details?: JsonValue;

  constructor(error: WireError) {
    super(error.message);
    this.name = 'CommandError';
    this.code = error.code;
    this.retryable = error.retryable;
    if (error.retryAfterMs !== undefined) this.retryAfterMs = error.retryAfterMs;
    if (error.reconnectAfterMs !== undefined) this.reconnectAfterMs = error.reconnectAfterMs;
    if (error.details !== undefined) this.details = error.details;
  }
}
