import type { Connection } from '../connection/connection.ts';
import { newId } from '../connection/ids.ts';
import type { RequestOptions } from '../connection/outbox.ts';
import { foldEvents } from '../fold/foldView.ts';
import { decodeMessagePage, type MessagePage, type MessagePageOptions, messagePagePath } from '../http/messagePage.ts';
import type {
  Accepted,
  BatchAccepted,
  Command,
  Commands,
  CommandType,
  Cursor,
  MessageAccepted,
  ToolCall,
} from '../wire/commands.ts';
import { decodeExecution } from '../wire/decodeView.ts';
import { CommandError, type WireError } from '../wire/errors.ts';
import type { SessionEvent, TerminalSize } from '../wire/events.ts';
import type { SignalFrame } from '../wire/frames.ts';
import type { JsonObject } from '../wire/json.ts';
import type { NamedProcessDefinition } from '../wire/processes.ts';
import { emptyView, type View, type ViewExecution } from '../wire/view.ts';
import { ToolInputs } from './inputs.ts';
import { Notifier, nextFrame, type Schedule } from './notifier.ts';
import { type OutgoingMessage, OutgoingMessages, type SendOptions } from './outgoing.ts';
import { SessionStream, type StreamSink, type StreamStatus } from './stream.ts';

/** Settings of a {@link Session}. */
export interface SessionOptions {
  /** When to tell listeners of changes. Default: once per painted frame. */
  readonly schedule?: Schedule;
  /** Milliseconds that a session stays open after its last user let go of it. Default 1,000. */
  readonly lingerMs?: number;
  /** Follows only this execution: the view holds nothing else. @internal use {@link Connection.execution} */
  readonly execution?: string;
}

/** What a session looks like at one moment; immutable. */
export interface SessionSnapshot {
  readonly id: string;
  readonly status: StreamStatus;
  /** Whether `view` is the server's; false until the first answer. */
  readonly loaded: boolean;
  readonly view: View;
  readonly cursor?: Cursor;
  /** Why the session was refused. */
  readonly error?: WireError;
  /** Messages typed here that the view does not hold yet. */
  readonly outgoing: readonly OutgoingMessage[];
}

/** Milliseconds that a message waits for its answer: what was typed offline goes out whenever there is a connection again. */
const messageTimeoutMs = 86_400_000;
const tooOld: WireError = { code: 'timeout', message: 'It was written more than a day ago.', retryable: false };

type Fields<T extends CommandType> = Omit<Commands[T]['fields'], 'session'>;

/**
 * One session, live: its view, its events, and its commands. Keeps its place across reconnects, so that each event is applied exactly once.
 * Made by {@link Connection.session}; opened while somebody has acquired it. Every command may reject with {@link CommandError}.
 */
export class Session {
  readonly id: string;
  readonly #connection: Connection;
  readonly #stream: SessionStream;
  readonly #notifier: Notifier;
  readonly #outgoing = new OutgoingMessages();
  readonly #inputs = new ToolInputs((executionId, input) => this.command('tool.input', { executionId, ...input }));
  readonly #eventListeners = new Set<(events: readonly SessionEvent[]) => void>();
  readonly #signalListeners = new Set<(signal: SignalFrame) => void>();
  readonly #lingerMs: number;
  #view: View = emptyView;
  #loaded = false;
  #users = 0;
  #lingering: ReturnType<typeof setTimeout> | undefined;
  #snapshot: SessionSnapshot;

  /** @internal use {@link Connection.session} */
  constructor(connection: Connection, id: string, options: SessionOptions = {}) {
    this.id = id;
    this.#connection = connection;
    this.#lingerMs = options.lingerMs ?? 1_000;
    this.#notifier = new Notifier(options.schedule ?? nextFrame, () => {
      this.#snapshot = this.#current();
    });
    const sink: StreamSink = {
      onSnapshot: (view) => this.#replace(view),
      onEvents: (events) => this.#apply(events),
      onSignal: (signal) => {
        for (const listener of [...this.#signalListeners]) listener(signal);
      },
      onStatus: () => this.#notifier.changed(),
    };
    this.#stream = new SessionStream(connection, id, sink, options.execution);
    this.#snapshot = this.#current();
  }

  /** The view with every event so far, also those that listeners have not been told of yet. */
  get view(): View {
    return this.#view;
  }

  /** For `useSyncExternalStore`: the same object until listeners are told of a change. */
  readonly getSnapshot = (): SessionSnapshot => this.#snapshot;

  /** Calls `listener` after changes, at most once a painted frame; returns how to stop that. */
  readonly subscribe = (listener: () => void): (() => void) => this.#notifier.subscribe(listener);

  /** Calls `listener` with new events, in order, each exactly once and at once; not with those that a snapshot covers. */
  onEvents(listener: (events: readonly SessionEvent[]) => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  /** Calls `listener` with typing and presence of others. */
  onSignal(listener: (signal: SignalFrame) => void): () => void {
    this.#signalListeners.add(listener);
    return () => this.#signalListeners.delete(listener);
  }

  /** Opens the session and keeps it open; returns how to let go of it. A session that does not exist is created. */
  acquire(): () => void {
    this.#users++;
    clearTimeout(this.#lingering);
    this.#stream.start();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      if (--this.#users === 0) this.#lingering = setTimeout(() => this.#stream.stop(), this.#lingerMs);
    };
  }

  /** Sends a message. It is in {@link SessionSnapshot.outgoing} until the view holds it, or marked there as failed. */
  sendMessage(text: string, options: SendOptions = {}): Promise<MessageAccepted> {
    const id = newId();
    this.#outgoing.add(id, text, options);
    return this.#sendOutgoing(id, text, options);
  }

  /** Sends a failed message again, under its id: if it did arrive the first time, it stays one message. */
  resend(outgoingId: string): Promise<MessageAccepted> {
    const message = this.#outgoing.get(outgoingId);
    if (message?.state !== 'failed') {
      const error: WireError = { code: 'not_found', message: 'No such failed message.', retryable: false };
      return Promise.reject(new CommandError(error));
    }
    this.#outgoing.retrying(outgoingId);
    return this.#sendOutgoing(outgoingId, message.text, message.options);
  }

  /** Messages that the server has not confirmed: what to keep, for {@link restoreMessages}, where they are to survive this object. */
  unsettledMessages(): readonly OutgoingMessage[] {
    return this.#outgoing.unsettled();
  }

  /** Takes over messages of an earlier page, under their ids: those that did arrive stay one message. What had failed, or is older than a day, waits for {@link resend}. */
  restoreMessages(messages: readonly OutgoingMessage[]): void {
    for (const { id, text, options, at, state, error } of messages) {
      if (this.#outgoing.get(id) !== undefined) continue;
      this.#outgoing.add(id, text, options, at);
      if (state === 'failed' || Date.now() - at > messageTimeoutMs) this.#outgoing.failed(id, error ?? tooOld);
      else this.#sendOutgoing(id, text, options).catch(() => {});
    }
    this.#notifier.changed();
  }

  /** Forgets a failed message. */
  discard(outgoingId: string): void {
    if (this.#outgoing.get(outgoingId)?.state !== 'failed') return;
    this.#outgoing.remove(outgoingId);
    this.#notifier.changed();
  }

  /** Runs tools without a model, as one batch of 1 to 1,000 calls. Refused whole if one call is wrong. */
  runTools(calls: readonly ToolCall[], options: Omit<Fields<'tools.run'>, 'calls'> = {}): Promise<BatchAccepted> {
    return this.command('tools.run', { calls, ...options });
  }

  /** Ends a reply, its batch and its executions. */
  cancelMessage = (messageId: string): Promise<Accepted> => this.command('message.cancel', { messageId });
  /** Asks the model again after a recoverable error. */
  retryMessage = (messageId: string): Promise<Accepted> => this.command('message.retry', { messageId });
  pauseMessage = (messageId: string): Promise<Accepted> => this.command('message.pause', { messageId });
  resumeMessage = (messageId: string): Promise<Accepted> => this.command('message.resume', { messageId });
  /** Changes a text for the view and for later prompts; nothing is run again. */
  editMessage = (messageId: string, text: string): Promise<Accepted> =>
    this.command('message.edit', { messageId, text });
  deleteMessage = (messageId: string): Promise<Accepted> => this.command('message.delete', { messageId });

  cancelBatch = (batchId: string): Promise<Accepted> => this.command('batch.cancel', { batchId });
  pauseBatch = (batchId: string): Promise<Accepted> => this.command('batch.pause', { batchId });
  resumeBatch = (batchId: string): Promise<Accepted> => this.command('batch.resume', { batchId });

  cancelTool = (executionId: string, reason?: string): Promise<Accepted> =>
    this.command('tool.cancel', withReason(executionId, reason));
  approveTool = (executionId: string, reason?: string): Promise<Accepted> =>
    this.command('tool.approve', withReason(executionId, reason));
  denyTool = (executionId: string, reason?: string): Promise<Accepted> =>
    this.command('tool.deny', withReason(executionId, reason));
  /** Types into an execution that takes input, at most 64 KB at a time; what is typed one after the other is read in that order. */
  inputTool = (executionId: string, data: string): Promise<JsonObject> => this.#inputs.write(executionId, { data });
  /** Types into an execution's terminal, as one of this subject's windows. */
  typeInto = (executionId: string, as: string, data: string): Promise<JsonObject> =>
    this.#inputs.write(executionId, { data, as });
  /** Gives an execution's terminal another size. */
  resizeTool = (executionId: string, as: string, size: TerminalSize): Promise<JsonObject> =>
    this.command('tool.resize', { executionId, as, cols: size.cols, rows: size.rows });
  /** Sends a signal (`SIGINT`) to what the keys of an execution's terminal reach. */
  signalTool = (executionId: string, as: string, signal: string): Promise<JsonObject> =>
    this.command('tool.signal', { executionId, as, signal });
  /** Types into an execution's terminal from now on; whoever did can't any more. */
  takeTool = (executionId: string, as: string): Promise<JsonObject> => this.command('tool.take', { executionId, as });
  /** Ends the tool's standard input. */
  endInput = (executionId: string): Promise<JsonObject> => this.#inputs.write(executionId, { end: true });

  /** Defines a named process, or defines it anew from its next run on; `start` starts it too. */
  putProcess = (name: string, process: NamedProcessDefinition, start = false): Promise<Accepted> =>
    this.command('process.put', { name, process, ...(start ? { start } : {}) });
  /** Starts a named process, and what it depends on. */
  startProcess = (name: string): Promise<Accepted> => this.command('process.start', { name });
  stopProcess = (name: string): Promise<Accepted> => this.command('process.stop', { name });
  restartProcess = (name: string): Promise<Accepted> => this.command('process.restart', { name });
  removeProcess = (name: string): Promise<Accepted> => this.command('process.remove', { name });

  /**
   * Messages that are older than the view's, over HTTP: pass the oldest known one as `before`, until `more` is false. Does not change the view.
   * Rejects with {@link CommandError}: `not_found` when the server no longer keeps that message.
   */
  async readMessages(options: MessagePageOptions = {}): Promise<MessagePage> {
    return decodeMessagePage(await this.#connection.read(messagePagePath(this.id, options), options.signal));
  }

  /** An execution with its whole kept output, of which the view holds only the end. */
  async toolDetails(executionId: string): Promise<ViewExecution> {
    const command = { type: 'tool.details', session: this.id, executionId } as const;
    return decodeExecution(await this.#connection.requestRaw(command));
  }

  /** Merges parameters into the session's; `null` removes one. */
  configure = (parameters: JsonObject): Promise<Accepted> => this.command('session.configure', { parameters });
  /** Names the session for all who see it; an empty title gives it back the one that its first message or its tools give it. */
  rename = (title: string): Promise<Accepted> => this.command('session.rename', { title });
  share = (subjects: readonly string[]): Promise<Accepted> => this.command('session.share', { subjects });
  /** Removes messages and batches; parameters stay. */
  reset = (): Promise<Accepted> => this.command('session.reset', {});
  /** Removes the session. */
  delete = (): Promise<JsonObject> => this.command('session.delete', {});
  /** Tells the others that somebody types here, or no longer does. Lost without harm. */
  typing = (active: boolean): Promise<JsonObject> =>
    this.command('typing', { active }, { retry: false, timeoutMs: 5_000 });

  /** Any command of this session. */
  command<T extends CommandType>(type: T, fields: Fields<T>, options?: RequestOptions): Promise<Commands[T]['result']> {
    const command = { type, session: this.id, ...fields } as unknown as Command<T>;
    return this.#connection.request<T>(command, options);
  }

  async #sendOutgoing(id: string, text: string, options: SendOptions): Promise<MessageAccepted> {
    this.#notifier.changed();
    try {
      const accepted = await this.command('message.send', { text, ...options }, { id, timeoutMs: messageTimeoutMs });
      this.#outgoing.accepted(id, accepted, this.#view);
      return accepted;
    } catch (error) {
      if (error instanceof CommandError) this.#outgoing.failed(id, error);
      throw error;
    } finally {
      this.#notifier.changed();
    }
  }

  #replace(view: View): void {
    this.#view = view;
    this.#loaded = true;
    this.#outgoing.settle(view);
    this.#notifier.changed();
  }

  #apply(events: readonly SessionEvent[]): void {
    if (events.length === 0) return;
    this.#view = foldEvents(this.#view, events);
    this.#outgoing.onEvents(events);
    this.#outgoing.settle(this.#view);
    this.#notifier.changed();
    for (const listener of [...this.#eventListeners]) listener(events);
  }

  #current(): SessionSnapshot {
    const { status, cursor, error } = this.#stream;
    return {
      id: this.id,
      status,
      loaded: this.#loaded,
      view: this.#view,
      ...(cursor === undefined ? {} : { cursor }),
      ...(error === undefined ? {} : { error }),
      outgoing: this.#outgoing.visible(this.#connection.getState().status === 'online'),
    };
  }
}

function withReason(executionId: string, reason: string | undefined): { executionId: string; reason?: string } {
  return reason === undefined ? { executionId } : { executionId, reason };
}
