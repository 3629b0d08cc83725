/** What the SDK uses of a `WebSocket`; the browser's own fits, and so does the `ws` package's. */
export interface WebSocketLike {
  onopen: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

/** Makes a socket. Default: the global `WebSocket`. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

/** The subprotocol of version 1. */
export const subprotocol = 'toolruntime.v1';

interface Handlers {
  onMessage(text: string): void;
  onClose(code: number, reason: string): void;
}

/** One socket, whose events stop the moment it is dropped: a dead network may take minutes to close it. */
export class Socket {
  readonly #socket: WebSocketLike;
  #handlers: Handlers | undefined;
  #open = false;

  constructor(create: WebSocketConstructor, url: string, token: string | undefined, handlers: Handlers) {
    this.#handlers = handlers;
    this.#socket = new create(url, token === undefined ? [subprotocol] : [subprotocol, `bearer.${base64Url(token)}`]);
    this.#socket.onopen = () => {
      this.#open = true;
    };
    this.#socket.onmessage = (event: { data: string | object }) => {
      if (typeof event.data === 'string') this.#handlers?.onMessage(event.data);
    };
    this.#socket.onerror = () => {};
    this.#socket.onclose = (event: { code: number; reason: string }) => {
      const current = this.#handlers;
      this.#detach();
      current?.onClose(event.code, event.reason);
    };
  }

  send(text: string): void {
    if (this.#open) this.#socket.send(text);
  }

  /** Closes without waiting for the other side; no handler is called any more. */
  drop(code: number, reason: string): void {
    this.#detach();
    this.#socket.close(code, reason);
  }

  #detach(): void {
    this.#open = false;
    this.#handlers = undefined;
  }
}

function base64Url(token: string): string {
  const binary = Array.from(new TextEncoder().encode(token), (b) => String.fromCharCode(b)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
