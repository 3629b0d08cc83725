import type { OutputTail, Session } from '@toolruntime/client';
import type { Terminal } from '@xterm/xterm';
import { appended } from '../appended.ts';

/** More than this waits for no terminal: what is older is left out, and the newest is replayed. */
const mostPending = 1 << 20;

/**
 * Shows the output of an execution's terminal: what there is at once, then what comes, as soon as it comes. One write is outstanding, so a terminal that can't follow
 * is given less, not more.
 */
export class Feed {
  readonly #session: Session;
  readonly #executionId: string;
  readonly #terminal: Terminal;
  readonly #stop: (() => void)[];
  #attempt = 0;
  #queued: OutputTail | undefined;
  #pending = '';
  #writing = false;
  #old = false;
  #replaying = false;
  #ended = false;

  constructor(session: Session, executionId: string, terminal: Terminal) {
    this.#session = session;
    this.#executionId = executionId;
    this.#terminal = terminal;
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
      this.#pending = `\u001bc${tail.text}`;
      // What comes to an empty screen is new.
      this.#old = first || again;
    } else {
      this.#pending += more;
    }
    this.#queued = tail;
    this.#pump();
  }

  #pump(): void {
    if (this.#writing || this.#ended || this.#pending === '') return;
    const text = this.#pending;
    const old = this.#old;
    this.#pending = '';
    this.#old = false;
    this.#writing = true;
    this.#replaying = old;
    this.#terminal.write(text, () => {
      this.#writing = false;
      if (this.#ended) return;
      this.#replaying = false;
      if (old) {
        this.onReplayed();
        this.onReplayed = () => {};
      }
      this.#pump();
    });
  }
}
