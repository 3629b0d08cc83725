import { fetchAt } from '../http/fetchAt.ts';
import { getJson } from '../http/getJson.ts';
import { Session, type SessionOptions } from '../session/session.ts';
import type { Command, CommandResult, CommandType } from '../wire/commands.ts';
import { decodeFrame } from '../wire/decodeFrame.ts';
import { CommandError, type WireError } from '../wire/errors.ts';
import type { EventsFrame, HeadFrame, ServerFrame, SignalFrame, WelcomeFrame } from '../wire/frames.ts';
import type { JsonObject, JsonValue } from '../wire/json.ts';
import { Backoff, type BackoffOptions } from './backoff.ts';
import { type GatewayChoice, Gateways, gatewayName } from './gateways.ts';
import { Heartbeat } from './heartbeat.ts';
import { newId } from './ids.ts';
import { Notices } from './notices.ts';
import { type Answer, Outbox, type RequestOptions } from './outbox.ts';
import { ProcessesWatch } from './processesWatch.ts';
import { type FrameReceiver, Receivers, receiverName } from './receivers.ts';
import { SessionsWatch } from './sessionsWatch.ts';
import { Socket, type WebSocketConstructor } from './socket.ts';
import { type ConnectionState, closeCodes, explain, isFinal } from './state.ts';
import { watchNetwork } from './watchNetwork.ts';

/** Settings of a {@link Connection}. */
export interface ConnectionOptions {
  /** `ws:` or `wss:` address of `/v1/ws`, without credentials. */
  readonly url: string;
  /** A token, or how to get one; asked anew for every socket. Default: none, or the page's cookie. */
  readonly token?: string | (() => string | Promise<string>);
  /**
   * Where to go on, sessions and all, when the gateway is gone: `true` (the default) at those of its cluster, which it has named itself; a list
   * of addresses such as `https://host:port`, at these only; `false`, nowhere else. `url` remains one of them; from `wss:` none of `ws:` is.
   */
  readonly gateways?: GatewayChoice;
  /** Waits between tries to connect, and between tries of a command refused with a retryable error. */
  readonly backoff?: BackoffOptions;
  /** Default: the global `WebSocket`. */
  readonly webSocket?: WebSocketConstructor;
  /** For what is read over HTTP. Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** Told of frames that break the protocol and of errors that belong to no command. Default: `console.warn`. */
  readonly onProblem?: (problem: string) => void;
}

/** Milliseconds from opening a socket until `welcome`; after that it is dropped. */
export const handshakeMs = 10_000;
/** Milliseconds that a connection has to hold before the waits between tries begin small again. */
export const stableMs = 5_000;

/**
 * One WebSocket to a gateway, kept up: it reconnects by itself, at another gateway where there is one, opens its sessions again at their cursors, and sends commands without an
 * answer again under their ids, so that each has one effect. Holds any number of sessions.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #outbox: Outbox;
  readonly #backoff: Backoff;
  readonly #gateways: Gateways;
  readonly #heartbeat: Heartbeat;
  readonly #sessions = new Map<string, Session>();
  readonly #receivers = new Receivers();
  readonly #listeners = new Set<() => void>();
  readonly #watch: SessionsWatch;
  readonly #processes: ProcessesWatch;
  /** What people and services tell whoever is connected here. */
  readonly notices: Notices;
  #state: ConnectionState = { status: 'closed', reason: 'not connected yet' };
  #socket: Socket | undefined;
  #generation = 0;
  #ended = false;
  #adviceMs: number | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #handshakeTimer: ReturnType<typeof setTimeout> | undefined;
  #stableTimer: ReturnType<typeof setTimeout> | undefined;
  #unwatch: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.backoff);
    this.#gateways = new Gateways(options.url, options.gateways ?? true, options.backoff?.random ?? Math.random);
    this.#outbox = new Outbox((message) => this.#transmit(message), options.backoff);
    this.#heartbeat = new Heartbeat(
      () => this.#transmit(JSON.stringify({ id: newId(), type: 'ping' })),
      () => this.#drop('the server has been silent for too long'),
    );
    this.notices = new Notices((noticeId) => this.request({ type: 'notices.dismiss', noticeId }));
    this.#watch = new SessionsWatch((command, answer) => this.requestNow(command, { retry: false }, answer));
    this.#processes = new ProcessesWatch((command, answer) => this.requestNow(command, { retry: false }, answer));
  }

  /** The sessions that the caller may read, and how they stand; always the same object. Begins with its first {@link SessionsWatch.acquire}. */
  watchSessions(): SessionsWatch {
    return this.#watch;
  }

  /** The processes of tools, or of all hosts, live; always the same object. Begins with its first {@link ProcessesWatch.acquire}. */
  watchProcesses(): ProcessesWatch {
    return this.#processes;
  }

  /** The current state; a new object whenever it changes. */
  readonly getState = (): ConnectionState => this.#state;

  /** Calls `listener` whenever the state changes; returns how to stop that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Begins to connect, also again after {@link close}. Does nothing while that is under way. */
  connect(): void {
    if (this.#state.status !== 'closed') return;
    this.#ended = false;
    this.#backoff.reset();
    this.#gateways.reset();
    this.#unwatch = watchNetwork(() => this.retryNow());
    void this.#openSocket();
  }

  /** Tries at once instead of waiting for the next try. */
  retryNow(): void {
    if (this.#state.status === 'offline') void this.#openSocket();
  }

  /** Closes for good. Commands without an answer reject with `unavailable`. */
  close(): void {
    this.#socket?.drop(1000, 'closed by the client');
    this.#end('closed by the client');
  }

  /** WebSocket address of the gateway that the connection is at, or tries next. */
  get address(): string {
    return this.#gateways.current;
  }

  /** `fetch` of a path such as `/v1/tools` from the gateway that the connection is at, with its credentials; tries nothing again. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetchAt(this.#options, this.address, path, init);
  }

  /** GETs JSON from a path of the gateway. @internal */
  read(path: string, signal?: AbortSignal): Promise<JsonObject> {
    return getJson(this.#options, this.address, path, signal);
  }

  /** The session of that id on this connection; always the same object. It is opened by {@link Session.acquire}. */
  session(id: string, options: SessionOptions = {}): Session {
    let session = this.#sessions.get(id);
    if (session === undefined) {
      session = new Session(this, id, options);
      this.#sessions.set(id, session);
    }
    return session;
  }

  /**
   * One execution of a session, followed with a cursor of its own whether or not the session is open: what else happens there is not sent. Its view
   * holds that execution alone; commands are the session's. Another object for each call.
   */
  execution(sessionId: string, executionId: string, options: SessionOptions = {}): Session {
    return new Session(this, sessionId, { ...options, execution: executionId });
  }

  /**
   * Sends a command and waits for its answer. While offline it waits; after a reconnect, and after an error that says `retryable`, it is sent
   * again under the same id. Rejects with {@link CommandError}: the server's refusal, `timeout` when its time is over, `unavailable` when the
   * connection is closed for good.
   */
  request<T extends CommandType>(command: Command<T>, options: RequestOptions = {}): Promise<CommandResult<T>> {
    return this.requestRaw(command as Command, options) as Promise<CommandResult<T>>;
  }

  /** {@link request} with the result as it came. */
  requestRaw(command: Command, options: RequestOptions = {}): Promise<JsonValue> {
    return new Promise((resolve, reject) => this.requestNow(command, options, { resolve, reject }));
  }

  /** {@link requestRaw} whose answer is handled before the next frame is read. @internal */
  requestNow(command: Command, options: RequestOptions, answer: Answer): void {
    if (this.#ended) answer.reject(new CommandError(abandoned(this.#state)));
    else this.#outbox.send(options.id ?? newId(), command, options, answer);
  }

  /** Frames of that session go to `receiver` too from now on. @internal */
  attach(id: string, receiver: FrameReceiver): void {
    this.#receivers.add(id, receiver);
    if (this.#state.status === 'online') receiver.onOnline();
  }

  /** Whether nobody else gets them. @internal */
  detach(id: string, receiver: FrameReceiver): boolean {
    return this.#receivers.remove(id, receiver);
  }

  async #openSocket(): Promise<void> {
    clearTimeout(this.#retryTimer);
    const generation = ++this.#generation;
    this.#setState({ status: 'connecting' });
    this.#handshakeTimer = setTimeout(() => this.#drop('the server did not answer'), handshakeMs);
    try {
      const { token } = this.#options;
      const current = typeof token === 'function' ? await token() : token;
      if (generation !== this.#generation) return;
      const create = this.#options.webSocket ?? (globalThis.WebSocket as unknown as WebSocketConstructor);
      this.#socket = new Socket(create, this.address, current, {
        onMessage: (text) => this.#receive(text),
        onClose: (code, reason) => this.#closed(code, reason),
      });
    } catch (error) {
      if (generation === this.#generation) this.#lost(error instanceof Error ? error.message : String(error));
    }
  }

  #receive(text: string): void {
    this.#heartbeat.heard();
    let frame: ServerFrame | undefined;
    try {
      frame = decodeFrame(text);
    } catch (error) {
      return this.#problem(`frame ignored: ${error instanceof Error ? error.message : String(error)}`);
    }
    switch (frame?.type) {
      case undefined:
        return;
      case 'welcome':
        return this.#welcome(frame);
      case 'ack':
        return this.#outbox.answer(frame.id, frame.result);
      case 'error':
        if (frame.id === undefined) return this.#problem(`${frame.error.code}: ${frame.error.message}`);
        return this.#outbox.refuse(frame.id, frame.error);
      case 'events':
        return this.#events(frame.session, frame);
      case 'tool.events':
        return this.#events(receiverName(frame.session, frame.executionId), frame);
      case 'signal':
        return this.#signal(frame);
      case 'head':
        return this.#head(frame);
      case 'notice':
      case 'notices.gone':
        return this.notices.receive(frame);
      case 'sessions':
        return this.#watch.receive(frame);
      case 'processes':
        return this.#processes.receive(frame);
      case 'closing':
        this.#adviceMs = frame.reconnectAfterMs;
        return;
    }
  }

  #welcome(frame: WelcomeFrame): void {
    clearTimeout(this.#handshakeTimer);
    this.#heartbeat.start(frame.heartbeatMs);
    this.#gateways.reached();
    this.#gateways.learn(frame.gateways ?? []);
    this.#stableTimer = setTimeout(() => this.#held(), stableMs);
    this.#setState({
      status: 'online',
      connectionId: frame.connectionId,
      gateway: gatewayName(this.address),
      ...(frame.tenant === undefined ? {} : { tenant: frame.tenant }),
      ...(frame.subject === undefined ? {} : { subject: frame.subject }),
      ...(frame.scopes === undefined ? {} : { scopes: frame.scopes }),
    });
    for (const receiver of this.#receivers.all()) receiver.onOnline();
    this.notices.online(`${frame.tenant}/${frame.subject}`);
    this.#watch.online();
    this.#processes.online();
    this.#outbox.flush();
  }

  #held(): void {
    this.#backoff.reset();
    this.#gateways.held();
  }

  #events(name: string, frame: Omit<EventsFrame, 'type'>): void {
    for (const receiver of this.#receivers.of(name)) receiver.onEvents(frame);
  }

  /** The end of a session is that of what is followed of it; who else is there is its own affair. */
  #signal(frame: SignalFrame): void {
    const follows = (name: string) => frame.kind === 'deleted' && name.startsWith(`${frame.session}/`);
    const told = this.#receivers.where((name) => name === frame.session || follows(name));
    for (const receiver of told) receiver.onSignal(frame);
  }

  #head(frame: HeadFrame): void {
    if (frame.gateways !== undefined) this.#gateways.learn(frame.gateways);
    for (const [id, head] of Object.entries(frame.sessions)) {
      for (const receiver of this.#receivers.of(id)) receiver.onHead(head);
    }
  }

  #transmit(message: string): boolean {
    if (this.#state.status !== 'online' || this.#socket === undefined) return false;
    this.#socket.send(message);
    return true;
  }

  #drop(reason: string): void {
    this.#socket?.drop(4000, reason);
    this.#lost(reason);
  }

  #closed(code: number, reason: string): void {
    // Another host has no cookie of the user's own; that says nothing of whether he may.
    const cookieMissing = code === closeCodes.unauthenticated && this.#options.token === undefined;
    if (cookieMissing && this.#gateways.elsewhere) this.#gateways.strike();
    else if (isFinal(code)) return this.#end(explain(code, reason), code);
    this.#lost(explain(code, reason));
  }

  #lost(reason: string): void {
    this.#stop();
    const soon = this.#gateways.next();
    const waitMs = this.#waitMs(soon);
    this.#adviceMs = undefined;
    this.#retryTimer = setTimeout(() => void this.#openSocket(), waitMs);
    this.#setState({ status: 'offline', reason, retryAt: Date.now() + waitMs, gateway: gatewayName(this.address) });
    this.#outbox.lost();
    for (const receiver of this.#receivers.all()) receiver.onOffline();
  }

  #waitMs(soon: boolean): number {
    if (this.#adviceMs !== undefined) return this.#backoff.advised(this.#adviceMs);
    return soon ? this.#backoff.soon() : this.#backoff.next();
  }

  #end(reason: string, code?: number): void {
    this.#ended = true;
    this.#stop();
    clearTimeout(this.#retryTimer);
    this.#unwatch?.();
    this.#setState({ status: 'closed', reason, ...(code === undefined ? {} : { code }) });
    for (const receiver of this.#receivers.all()) receiver.onOffline();
    this.#outbox.abandon(abandoned(this.#state));
  }

  #stop(): void {
    this.#watch.offline();
    this.#processes.offline();
    this.#generation++;
    this.#socket = undefined;
    this.#heartbeat.stop();
    clearTimeout(this.#handshakeTimer);
    clearTimeout(this.#stableTimer);
  }

  #problem(problem: string): void {
    (this.#options.onProblem ?? ((text: string) => console.warn(`toolruntime: ${text}`)))(problem);
  }

  #setState(state: ConnectionState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }
}

function abandoned(state: ConnectionState): WireError {
  const reason = state.status === 'closed' ? state.reason : state.status;
  return { code: 'unavailable', message: `The connection is closed: ${reason}.`, retryable: false };
}
