import type { Command } from '../wire/commands.ts';
import { CommandError, type WireError } from '../wire/errors.ts';
import type { JsonValue } from '../wire/json.ts';
import { Backoff, type BackoffOptions } from './backoff.ts';

/** Settings of one command. */
export interface RequestOptions {
  /** The command's id. Give the id of an earlier, unanswered try to make sure that the two have one effect. Default: a new UUID. */
  readonly id?: string;
  /** Milliseconds until the command is given up with `timeout`, offline time included. Default 30,000. */
  readonly timeoutMs?: number;
  /** Whether to send it again, under the same id, after a reconnect and after retryable errors. Default true. */
  readonly retry?: boolean;
}

/** Takes the one answer to a command. */
export interface Answer {
  resolve(result: JsonValue): void;
  reject(error: CommandError): void;
}

interface Pending {
  readonly id: string;
  readonly message: string;
  readonly retry: boolean;
  readonly backoff: Backoff;
  readonly answer: Answer;
  readonly expiry: ReturnType<typeof setTimeout>;
  /** Waiting for the time of its next try. */
  resend: ReturnType<typeof setTimeout> | undefined;
  sent: boolean;
}

/** Default of {@link RequestOptions.timeoutMs}. */
export const defaultTimeoutMs = 30_000;

/** Commands without an answer. Keeps them through reconnects, in order, each under one id. */
export class Outbox {
  readonly #pending = new Map<string, Pending>();
  readonly #transmit: (message: string) => boolean;
  readonly #backoff: BackoffOptions;

  /** @param transmit sends if there is a connection; false if there is none. */
  constructor(transmit: (message: string) => boolean, backoff: BackoffOptions = {}) {
    this.#transmit = transmit;
    this.#backoff = backoff;
  }

  /** Commands that wait for an answer. */
  get size(): number {
    return this.#pending.size;
  }

  send(id: string, command: Command, options: RequestOptions, answer: Answer): void {
    if (this.#pending.has(id)) {
      const message = `Command ${id} is already on its way.`;
      answer.reject(new CommandError({ code: 'conflict', message, retryable: false }));
      return;
    }
    const pending: Pending = {
      id,
      message: JSON.stringify({ id, ...command }),
      retry: options.retry ?? true,
      backoff: new Backoff(this.#backoff),
      answer,
      expiry: setTimeout(() => this.#fail(pending, expired), options.timeoutMs ?? defaultTimeoutMs),
      resend: undefined,
      sent: false,
    };
    this.#pending.set(id, pending);
    this.#try(pending);
  }

  /** Everything unanswered, again; call it once the connection is ready for commands. */
  flush(): void {
    for (const pending of this.#pending.values()) {
      if (!pending.sent && pending.resend === undefined) this.#try(pending);
    }
  }

  /** The connection is gone: whatever was sent may or may not have arrived. */
  lost(): void {
    for (const pending of this.#pending.values()) {
      if (pending.retry) pending.sent = false;
      else if (pending.sent) this.#fail(pending, connectionLost);
    }
  }

  answer(id: string, result: JsonValue): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#forget(pending);
    pending.answer.resolve(result);
  }

  refuse(id: string, error: WireError): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    if (!error.retryable || !pending.retry) return this.#fail(pending, error);
    pending.sent = false;
    const jitter = pending.backoff.next();
    pending.resend = setTimeout(
      () => {
        pending.resend = undefined;
        this.#try(pending);
      },
      (error.retryAfterMs ?? 0) + jitter,
    );
  }

  /** Gives everything up. */
  abandon(error: WireError): void {
    for (const pending of [...this.#pending.values()]) this.#fail(pending, error);
  }

  #try(pending: Pending): void {
    pending.sent = this.#transmit(pending.message);
  }

  #fail(pending: Pending, error: WireError): void {
    this.#forget(pending);
    pending.answer.reject(new CommandError(error));
  }

  #forget(pending: Pending): void {
    clearTimeout(pending.expiry);
    clearTimeout(pending.resend);
    this.#pending.delete(pending.id);
  }
}

const expired: WireError = { code: 'timeout', message: 'The server did not answer in time.', retryable: true };
const connectionLost: WireError = { code: 'unavailable', message: 'The connection was lost.', retryable: true };
