import { Backoff } from '../connection/backoff.ts';
import type { Connection } from '../connection/connection.ts';
import { type FrameReceiver, receiverName } from '../connection/receivers.ts';
import type { Command, Cursor, Opened } from '../wire/commands.ts';
import { decodeOpened } from '../wire/decodeFrame.ts';
import { CommandError, type WireError } from '../wire/errors.ts';
import type { SessionEvent } from '../wire/events.ts';
import type { EventsFrame, SignalFrame } from '../wire/frames.ts';
import type { JsonValue } from '../wire/json.ts';
import { emptyView, type View } from '../wire/view.ts';

/** Where a session's stream of events stands. */
export type StreamStatus =
  /** Not asked for. */
  | 'closed'
  /** Waiting for a connection. What was seen before is still there. */
  | 'offline'
  /** Asked for; the answer has not come. */
  | 'opening'
  /** Every event arrives as it happens. */
  | 'live'
  /** The server said no; see the error. */
  | 'refused'
  /** Somebody deleted the session. Opening it anew would begin another one. */
  | 'deleted';

/** What a stream tells its session. */
export interface StreamSink {
  /** Everything before is replaced by this view. */
  onSnapshot(view: View): void;
  /** Events in order, each exactly once since the last snapshot. */
  onEvents(events: readonly SessionEvent[]): void;
  onSignal(signal: SignalFrame): void;
  onStatus(): void;
}

/** A session's place in its log, or that of one of its executions. Applies a frame only if it follows on what has been seen, and opens the session again otherwise. */
export class SessionStream implements FrameReceiver {
  readonly #connection: Connection;
  readonly #id: string;
  readonly #execution: string | undefined;
  readonly #sink: StreamSink;
  readonly #backoff = new Backoff();
  #status: StreamStatus = 'closed';
  #error: WireError | undefined;
  #cursor: Cursor | undefined;
  #opening = 0;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: Connection, id: string, sink: StreamSink, execution?: string) {
    this.#connection = connection;
    this.#id = id;
    this.#execution = execution;
    this.#sink = sink;
  }

  get status(): StreamStatus {
    return this.#status;
  }

  /** Why the session was refused. */
  get error(): WireError | undefined {
    return this.#error;
  }

  /** The last event that was applied. */
  get cursor(): Cursor | undefined {
    return this.#cursor;
  }

  start(): void {
    if (this.#status !== 'closed') return;
    this.#setStatus('offline');
    this.#connection.attach(receiverName(this.#id, this.#execution), this);
  }

  stop(): void {
    if (this.#status === 'closed') return;
    const open = this.#status === 'live' || this.#status === 'opening';
    const last = this.#connection.detach(receiverName(this.#id, this.#execution), this);
    this.onOffline();
    this.#setStatus('closed');
    if (!open || !last) return;
    const ignore = { resolve: () => {}, reject: () => {} };
    const session = this.#id;
    const executionId = this.#execution;
    const close: Command =
      executionId === undefined ? { type: 'session.close', session } : { type: 'tool.unfollow', session, executionId };
    this.#connection.requestNow(close, { retry: false }, ignore);
  }

  onOnline(): void {
    if (this.#status === 'deleted') return;
    this.#backoff.reset();
    this.#open();
  }

  onOffline(): void {
    this.#opening++;
    clearTimeout(this.#again);
    if (this.#status !== 'refused' && this.#status !== 'deleted') this.#setStatus('offline');
  }

  onEvents(frame: Omit<EventsFrame, 'type'>): void {
    // While an answer to session.open is due, frames are of the subscription before it; what follows the answer covers them.
    const cursor = this.#cursor;
    if (this.#status !== 'live' || cursor === undefined) return;
    if (frame.epoch !== cursor.epoch) return this.#reopen();
    if (frame.seq <= cursor.seq) return;
    if (frame.after !== cursor.seq) return this.#reopen();
    this.#backoff.reset();
    this.#cursor = cursorAt(frame.epoch, frame.seq, frame.check);
    this.#sink.onEvents(frame.events.filter((event) => event.seq > cursor.seq && event.seq <= frame.seq));
  }

  onSignal(frame: SignalFrame): void {
    if (frame.kind === 'deleted') this.#deleted();
    this.#sink.onSignal(frame);
  }

  #deleted(): void {
    this.#opening++;
    clearTimeout(this.#again);
    this.#cursor = undefined;
    this.#setStatus('deleted');
    this.#sink.onSnapshot(emptyView);
  }

  onHead(head: Cursor): void {
    const cursor = this.#cursor;
    if (this.#status !== 'live' || cursor === undefined) return;
    if (head.epoch !== cursor.epoch || head.seq > cursor.seq) this.#reopen();
  }

  #reopen(): void {
    const first = this.#backoff.failures === 0;
    const wait = this.#backoff.next();
    if (first) this.#open();
    else this.#openIn(wait);
  }

  #openIn(waitMs: number): void {
    this.#opening++;
    this.#setStatus('opening');
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#open(), waitMs);
  }

  #open(): void {
    clearTimeout(this.#again);
    const opening = ++this.#opening;
    this.#error = undefined;
    this.#setStatus('opening');
    const after = this.#cursor === undefined ? {} : { after: this.#cursor };
    const session = this.#id;
    const executionId = this.#execution;
    const open: Command =
      executionId === undefined
        ? { type: 'session.open', session, ...after }
        : { type: 'tool.follow', session, executionId, ...after };
    this.#connection.requestNow(
      open,
      { retry: false },
      {
        resolve: (result) => {
          if (opening === this.#opening) this.#opened(result);
        },
        reject: (error) => {
          if (opening === this.#opening) this.#refused(error);
        },
      },
    );
  }

  #opened(result: JsonValue): void {
    let opened: Opened;
    try {
      opened = decodeOpened(result);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return this.#refused(new CommandError({ code: 'internal', message, retryable: false }));
    }
    const continues = opened.recovered && opened.epoch === this.#cursor?.epoch && opened.after === this.#cursor.seq;
    const check = opened.check ?? opened.snapshot?.check;
    if (continues) {
      if (check !== undefined) this.#cursor = cursorAt(opened.epoch, opened.after, check);
    } else {
      this.#cursor = cursorAt(opened.epoch, opened.snapshot?.seq ?? opened.after, check);
      this.#sink.onSnapshot(opened.snapshot?.view ?? emptyView);
    }
    this.#setStatus('live');
  }

  #refused(error: CommandError): void {
    if (error.retryable) {
      return this.#openIn((error.retryAfterMs ?? 0) + this.#backoff.next());
    }
    this.#error = error;
    this.#setStatus('refused');
  }

  #setStatus(status: StreamStatus): void {
    this.#status = status;
    this.#sink.onStatus();
  }
}

/** The check belongs to that seq only: a cursor that has moved on without one has none. */
function cursorAt(epoch: string, seq: number, check: string | undefined): Cursor {
  return { epoch, seq, ...(check === undefined ? {} : { check }) };
}
