import type { Command } from '../wire/commands.ts';
import type { WireError } from '../wire/errors.ts';
import type { ProcessesFrame, ProcessInfo } from '../wire/hostProcesses.ts';
import type { Answer } from './outbox.ts';

/** What somebody wants to see of processes. */
export interface ProcessesWish {
  /** All processes of the silos' hosts, of whatever tenant; needs the scope `host:processes`. Default: those of tools. */
  readonly host?: boolean;
  /** Milliseconds between two samples, 250 to 60,000. Default 1,000. */
  readonly intervalMs?: number;
}

/** What a {@link ProcessesWatch} knows. */
export interface ProcessesSnapshot {
  /**
   * `live` while it is followed; `stale` while there is no connection, or what was asked for has not come yet: `processes` are those before, if any;
   * `refused` where the server will not tell, for the reason in `error`.
   */
  readonly status: 'stale' | 'live' | 'refused';
  /** By their ids; a new object whenever anything has changed. `undefined` until something was told. */
  readonly processes: ReadonlyMap<string, ProcessInfo> | undefined;
  /** How many silos did not answer last; their processes are as they were. */
  readonly silent: number;
  readonly error?: WireError;
}

/** Milliseconds until a watch is asked for again that was refused for the time being. */
const againMs = 2_000;
const usualMs = 1_000;

/** The processes of tools, or of all hosts, live. It goes on by itself after a reconnect, with all of them anew. */
export class ProcessesWatch {
  readonly #request: (command: Command, answer: Answer) => void;
  readonly #listeners = new Set<() => void>();
  readonly #wishes = new Set<ProcessesWish>();
  #snapshot: ProcessesSnapshot = { status: 'stale', processes: undefined, silent: 0 };
  /** What begins anew and is not whole yet. */
  #coming: Map<string, ProcessInfo> | undefined;
  /** What was asked for last; an answer to anything before is none. */
  #asked: object | undefined;
  /** Whether frames are about what was asked for last. */
  #answered = false;
  #online = false;
  #again: ReturnType<typeof setTimeout> | undefined;

  /** @internal */
  constructor(request: (command: Command, answer: Answer) => void) {
    this.#request = request;
  }

  /** What is known; a new object whenever it changes. */
  readonly getSnapshot = (): ProcessesSnapshot => this.#snapshot;

  /** Calls `listener` whenever it changes; returns how to stop that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /**
   * Watches until the returned function is called. A connection has one watch: where several want one, it is of all hosts if one of them wants that, and as often as the most
   * eager one wants. Where that changes what is watched, it begins anew.
   */
  acquire(wish: ProcessesWish = {}): () => void {
    const mine = { ...wish };
    this.#change(() => this.#wishes.add(mine));
    return () => {
      if (this.#wishes.has(mine)) this.#change(() => this.#wishes.delete(mine));
    };
  }

  /** @internal */
  online(): void {
    this.#online = true;
    this.#ask();
  }

  /** @internal */
  offline(): void {
    this.#online = false;
    this.#forget();
    if (this.#snapshot.status === 'live') this.#set({ status: 'stale' });
  }

  /** @internal */
  receive(frame: ProcessesFrame): void {
    if (!this.#answered) return;
    if (frame.reset === true) this.#coming = new Map();
    const into = this.#coming ?? new Map(this.#snapshot.processes);
    for (const id of frame.gone) into.delete(id);
    for (const process of frame.processes) into.set(process.id, process);
    if (this.#coming !== undefined && frame.more === true) return;
    this.#coming = undefined;
    this.#set({ status: 'live', processes: into, silent: frame.silent ?? 0 });
  }

  #change(change: () => void): void {
    const before = this.#wanted();
    change();
    const now = this.#wanted();
    if (now === undefined) this.#end();
    else if (before === undefined || before.host !== now.host || before.intervalMs !== now.intervalMs) {
      const kept = before?.host === now.host ? this.#snapshot.processes : undefined;
      this.#set({ status: 'stale', processes: kept });
      this.#ask();
    }
  }

  #wanted(): Required<ProcessesWish> | undefined {
    if (this.#wishes.size === 0) return undefined;
    const wishes = [...this.#wishes];
    return {
      host: wishes.some(({ host }) => host === true),
      intervalMs: Math.min(...wishes.map(({ intervalMs = usualMs }) => intervalMs)),
    };
  }

  #ask(): void {
    this.#forget();
    const wanted = this.#wanted();
    if (!this.#online || wanted === undefined) return;
    const mine = {};
    this.#asked = mine;
    this.#request(
      { type: 'processes.watch', ...wanted },
      {
        resolve: () => {
          if (this.#asked === mine) this.#answered = true;
        },
        reject: ({ code, message, retryable }) => {
          if (this.#asked !== mine) return;
          if (retryable) this.#again = setTimeout(() => this.#ask(), againMs);
          else if (this.#online) this.#set({ status: 'refused', error: { code, message, retryable } });
        },
      },
    );
  }

  #end(): void {
    this.#forget();
    if (this.#online) this.#request({ type: 'processes.unwatch' }, { resolve: () => {}, reject: () => {} });
    this.#set({ status: 'stale' });
  }

  #forget(): void {
    clearTimeout(this.#again);
    this.#asked = undefined;
    this.#coming = undefined;
    this.#answered = false;
  }

  #set(changes: Partial<ProcessesSnapshot>): void {
    const { status, processes, silent } = this.#snapshot;
    this.#snapshot = { status, processes, silent, ...changes };
    for (const listener of [...this.#listeners]) listener();
  }
}
