import type { JsonObject, JsonValue, WebSocketConstructor } from '../src/index.ts';

/** One socket as the server sees it. */
export class FakeSocket {
  readonly url: string;
  readonly protocols: readonly string[];
  readonly sent: JsonObject[] = [];
  onopen: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  /** The code that the client closed it with. */
  closedWith: number | undefined;

  constructor(url: string, protocols: readonly string[]) {
    this.url = url;
    this.protocols = protocols;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as JsonObject);
  }

  close(code?: number): void {
    this.closedWith = code ?? 1005;
  }

  /** The server accepts and says welcome. */
  welcome(heartbeatMs = 25_000, more: JsonObject = {}): void {
    this.onopen?.({} as never);
    this.push({ type: 'welcome', connectionId: 'k1', tenant: 'dev', subject: 'me', heartbeatMs, ...more });
  }

  push(frame: JsonObject | string): void {
    const data = typeof frame === 'string' ? frame : JSON.stringify(frame);
    this.onmessage?.({ data } as never);
  }

  /** The socket dies or the server closes it. */
  die(code = 1006, reason = ''): void {
    this.onclose?.({ code, reason } as never);
  }

  /** The commands of that type, oldest first. */
  commands(type: string): JsonObject[] {
    return this.sent.filter((command) => command.type === type);
  }

  last(type: string): JsonObject {
    const command = this.commands(type).at(-1);
    if (command === undefined) throw new Error(`no ${type} was sent`);
    return command;
  }

  ack(command: JsonObject, result: JsonValue = {}): void {
    this.push({ type: 'ack', id: String(command.id), result });
  }

  refuse(command: JsonObject, code: string, more: JsonObject = {}): void {
    this.push({ type: 'error', id: String(command.id), error: { code, message: code, retryable: false, ...more } });
  }
}

/** Takes the place of the network: every socket that a connection makes, in order. */
export class FakeServer {
  readonly sockets: FakeSocket[] = [];
  readonly webSocket: WebSocketConstructor;

  constructor() {
    const { sockets } = this;
    this.webSocket = class extends FakeSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        sockets.push(this);
      }
    };
  }

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('no socket was made');
    return socket;
  }
}
