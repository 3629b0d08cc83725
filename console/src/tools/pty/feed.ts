import type { OutputTail, Session } from '@toolruntime/client';
import type { Terminal } from '@xterm/xterm';
import { appended, endOf } from '../appended.ts';

/** More than this waits for no terminal: what is older is left out, and the newest is replayed. */
const mostPending = 1 << 20;

/** Follows what is written, in bytes of the stream. */
export interface Follower {
  readonly begin: () => void;
  readonly stops: (from: number, to: number) => readonly number[];
  readonly written: (at: number) => void;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Shows the output of an execution's terminal: what there is at once, then what comes, as soon as it comes. One write is outstanding, so a terminal that can't follow
 * is given less, not more.
 */
export class Feed {
  readonly #session: Session;
  readonly #executionId: string;
  readonly #terminal: Terminal;
  readonly #follower: Follower | undefined;
  readonly #pauseMs: number;
  readonly #stop: (() => void)[];
  #attempt = 0;
  #queued: OutputTail | undefined;
  #pending = '';
  #from = 0;
  #reset = false;
  #writing = false;
  #old = false;
  #replaying = false;
  #ended = false;

  /** @param pauseMs what comes within so long of the last write is drawn at once, behind it; nothing is held back by default. */
  constructor(session: Session, executionId: string, terminal: Terminal, follower?: Follower, pauseMs = 0) {
    this.#session = session;
    this.#executionId = executionId;
    this.#terminal = terminal;
    this.#follower = follower;
    this.#pauseMs = pauseMs;
    this.#stop = [session.onEvents(() => this.#look()), session.subscribe(() => this.#look())];
    this.#look(true);
  }

  /** Whether old output is being shown: what the terminal says meanwhile is an answer to a question of long ago. */
  get replaying(): boolean {
    return this.#replaying;
  }

  /** Whether the beginning of the output is missing, and with it perhaps what the screen looked like. */
  get cut(): boolean {
    return (this.#queued?.offset ?? 0) > 0;
  }

  /** Called once, when what there was at the beginning is shown. */
  onReplayed: () => void = () => {};

  dispose(): void {
    this.#ended = true;
    for (const stop of this.#stop) stop();
  }

  #look(first = false): void {
    const execution = this.#session.view.executions[this.#executionId];
    const tail = execution?.output.terminal;
    if (execution === undefined || tail === undefined || tail === this.#queued) return;
    const again = execution.attempt === this.#attempt && this.#queued !== undefined;
    const more = again ? appended(this.#queued, tail) : undefined;
    this.#attempt = execution.attempt;
    const fresh = more === undefined || this.#pending.length + more.length > mostPending;
    if (fresh) {
      // A reset within the text keeps its place among what was written before.
      this.#reset = true;
      this.#pending = tail.text;
      this.#from = tail.offset;
      // What comes to an empty screen is new.
      this.#old = first || again;
    } else {
      this.#pending += more;
    }
    this.#queued = tail;
    this.#pump();
  }

  #pump(): void {
    if (this.#writing || this.#ended || (this.#pending === '' && !this.#reset)) return;
    const text = this.#pending;
    const old = this.#old;
    const from = this.#from;
    const to = this.#queued === undefined ? from : endOf(this.#queued);
    const follower = this.#queued?.dropped === undefined ? this.#follower : undefined;
    if (this.#reset) this.#terminal.write('\u001bc', () => this.#follower?.begin());
    this.#pending = '';
    this.#reset = false;
    this.#from = to;
    this.#old = false;
    this.#writing = true;
    this.#replaying = old;
    const rest = follower === undefined ? text : this.#stopping(text, from, follower.stops(from, to), follower);
    this.#terminal.write(rest, () => {
      if (this.#ended) return;
      follower?.written(to);
      this.#replaying = false;
      if (old) {
        this.onReplayed();
        this.onReplayed = () => {};
      }
      if (this.#pauseMs > 0) setTimeout(() => this.#goOn(), this.#pauseMs);
      else this.#goOn();
    });
  }

  #goOn(): void {
    this.#writing = false;
    this.#pump();
  }

  // Writes it up to the last stop, and returns what is left.
  #stopping(text: string, from: number, stops: readonly number[], follower: Follower): string {
    if (stops.length === 0) return text;
    const bytes = encoder.encode(text);
    let at = 0;
    for (const stop of stops) {
      this.#terminal.write(decoder.decode(bytes.subarray(at, stop - from)), () => follower.written(stop));
      at = stop - from;
    }
    return decoder.decode(bytes.subarray(at));
  }
}
