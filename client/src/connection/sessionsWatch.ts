import type { Command } from '../wire/commands.ts';
import type { SessionSummary, SessionsFrame } from '../wire/sessions.ts';
import type { Answer } from './outbox.ts';

/** What a {@link SessionsWatch} knows. */
export interface SessionsSnapshot {
  /** `live` while it is followed; `stale` while there is no connection, or nothing has come yet; `unsupported` by an older server, or refused. */
  readonly status: 'stale' | 'live' | 'unsupported';
  /** Newest activity first; a new object for each that has changed. */
  readonly sessions: readonly SessionSummary[];
  /** Whether there are older sessions, which `GET /v1/sessions?after=` lists. */
  readonly next?: string;
}

/** As many as a snapshot may have. */
const limit = 1_000;
/** Milliseconds until a watch is asked for again that was refused for the time being. */
const againMs = 2_000;

/**
 * The sessions that the caller may read, and how they stand. It goes on by itself after a reconnect, with what has changed since, or else with all of them
 * anew.
 */
export class SessionsWatch {
  readonly #request: (command: Command, answer: Answer) => void;
  readonly #listeners = new Set<() => void>();
  #known = new Map<string, SessionSummary>();
  /** The pages of a snapshot that has not come to its end. */
  #coming: Map<string, SessionSummary> | undefined;
  #snapshot: SessionsSnapshot = { status: 'stale', sessions: [] };
  #cursor: string | undefined;
  #next: string | undefined;
  #holders = 0;
  #online = false;
  #again: ReturnType<typeof setTimeout> | undefined;

  /** @internal */
  constructor(request: (command: Command, answer: Answer) => void) {
    this.#request = request;
  }

  /** What is known; a new object whenever it changes. */
  readonly getSnapshot = (): SessionsSnapshot => this.#snapshot;

  /** Calls `listener` whenever it changes; returns how to stop that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Watches until the returned function is called, by all who did. */
  acquire(): () => void {
    if (this.#holders++ === 0) this.#ask();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      if (--this.#holders > 0) return;
      clearTimeout(this.#again);
      if (this.#online) this.#request({ type: 'sessions.unwatch' }, { resolve: () => {}, reject: () => {} });
      if (this.#snapshot.status === 'live') this.#set('stale');
    };
  }

  /** @internal */
  online(): void {
    this.#online = true;
    clearTimeout(this.#again);
    this.#ask();
  }

  /** @internal */
  offline(): void {
    this.#online = false;
    clearTimeout(this.#again);
    this.#coming = undefined;
    if (this.#snapshot.status !== 'stale') this.#set('stale');
  }

  /** @internal */
  receive(frame: SessionsFrame): void {
    if (this.#holders === 0) return;
    if (frame.reset === true) this.#coming = new Map();
    const into = this.#coming ?? this.#known;
    for (const summary of frame.sessions) into.set(summary.session, summary);
    for (const id of frame.gone) into.delete(id);
    if (frame.cursor === undefined) return;
    this.#cursor = frame.cursor;
    if (this.#coming !== undefined) {
      this.#known = this.#coming;
      this.#coming = undefined;
      this.#next = frame.next;
    }
    this.#set('live');
  }

  #ask(): void {
    if (!this.#online || this.#holders === 0) return;
    const after = this.#cursor === undefined ? {} : { after: this.#cursor };
    this.#request(
      { type: 'sessions.watch', limit, ...after },
      {
        resolve: (result) => {
          const recovered = (result as { recovered?: unknown }).recovered === true;
          if (recovered && this.#holders > 0) this.#set('live');
        },
        reject: ({ code, retryable }) => {
          if (retryable) this.#again = setTimeout(() => this.#ask(), againMs);
          else if (code === 'invalid_command' || code === 'forbidden') this.#set('unsupported');
        },
      },
    );
  }

  #set(status: SessionsSnapshot['status']): void {
    const sessions = [...this.#known.values()].sort((a, b) => b.updatedAt.localeCompare(a.updatedAt));
    this.#snapshot = { status, sessions, ...(this.#next === undefined ? {} : { next: this.#next }) };
    for (const listener of [...this.#listeners]) listener();
  }
}
