import type { MessageAccepted, ModelSettings, QueuePolicy } from '../wire/commands.ts';
import type { WireError } from '../wire/errors.ts';
import type { SessionEvent } from '../wire/events.ts';
import type { View } from '../wire/view.ts';

/** Settings of one message. */
export interface SendOptions extends ModelSettings {
  readonly model?: string;
  readonly tools?: readonly string[];
  readonly policy?: QueuePolicy;
}

/** A message that was typed here and is not in the view yet. */
export interface OutgoingMessage {
  /** The id of its command. */
  readonly id: string;
  readonly text: string;
  readonly options: SendOptions;
  /** Epoch milliseconds. */
  readonly at: number;
  /** `queued`: no connection. `sending`: no answer yet. `failed`: given up; try again with {@link Session.resend}. */
  readonly state: 'queued' | 'sending' | 'failed';
  readonly error?: WireError;
}

interface Entry {
  message: OutgoingMessage;
  /** The message that the server made of it, once it has answered. */
  messageId?: string;
  /** A message of this text came in before the answer: very likely this one, so it is not shown twice. */
  seen?: boolean;
}

const none: readonly OutgoingMessage[] = [];

/** Messages between typing and the view, in the order of typing. */
export class OutgoingMessages {
  readonly #entries = new Map<string, Entry>();

  /** Those to show below the view's messages. */
  visible(online: boolean): readonly OutgoingMessage[] {
    if (this.#entries.size === 0) return none;
    const shown: OutgoingMessage[] = [];
    for (const { message, seen } of this.#entries.values()) {
      if (seen) continue;
      shown.push(message.state === 'failed' ? message : { ...message, state: online ? 'sending' : 'queued' });
    }
    return shown;
  }

  /** Those that the server has not confirmed, however they stand. */
  unsettled(): readonly OutgoingMessage[] {
    return [...this.#entries.values()].filter((e) => e.messageId === undefined).map((e) => e.message);
  }

  get(id: string): OutgoingMessage | undefined {
    return this.#entries.get(id)?.message;
  }

  add(id: string, text: string, options: SendOptions, at = Date.now()): void {
    this.#entries.set(id, { message: { id, text, options, at, state: 'sending' } });
  }

  accepted(id: string, result: MessageAccepted, view: View): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.messageId = result.messageId;
    this.settle(view);
  }

  failed(id: string, error: WireError): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    delete entry.seen;
    entry.message = { ...entry.message, state: 'failed', error };
  }

  retrying(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    const { error: _, ...message } = entry.message;
    entry.message = { ...message, state: 'sending' };
  }

  remove(id: string): void {
    this.#entries.delete(id);
  }

  /** Matches events that came before their command's answer. */
  onEvents(events: readonly SessionEvent[]): void {
    if (this.#entries.size === 0) return;
    for (const event of events) {
      if (event.type !== 'message.created' || event.role !== 'user') continue;
      for (const entry of this.#entries.values()) {
        if (entry.seen || entry.messageId !== undefined || entry.message.text !== event.text) continue;
        entry.seen = true;
        break;
      }
    }
  }

  /** Forgets those that the view holds by now. */
  settle(view: View): void {
    for (const [id, { messageId }] of this.#entries) {
      if (messageId !== undefined && view.messages.some((m) => m.id === messageId)) this.#entries.delete(id);
    }
  }
}
