/** Where a connection stands. */
export type ConnectionState =
  /** A socket is being opened, or is open and the server has not yet said `welcome`. */
  | { readonly status: 'connecting' }
  /** Commands go out and events come in. */
  | {
      readonly status: 'online';
      readonly connectionId: string;
      /** The gateway that it is at, `https://host[:port]`. */
      readonly gateway: string;
      readonly tenant?: string;
      readonly subject?: string;
      /** What the credentials let one do, such as `tools:run`; absent where the server does not say. */
      readonly scopes?: readonly string[];
    }
  /** There is no socket; the next try is at `retryAt` (as `Date.now()`), at `gateway`. */
  | { readonly status: 'offline'; readonly reason: string; readonly retryAt: number; readonly gateway: string }
  /** Closed for good: by {@link Connection.close}, or by the server with a code of 4500 to 4999. */
  | { readonly status: 'closed'; readonly reason: string; readonly code?: number };

/** The states' names. */
export type ConnectionStatus = ConnectionState['status'];

/** Close codes of protocol version 1. 4000-4499: come back; 4500-4999: don't. */
export const closeCodes = {
  goingAway: 4000,
  positionLost: 4001,
  tooSlowAtHandshake: 4008,
  tooManyConnections: 4029,
  protocolError: 4500,
  unauthenticated: 4501,
  forbidden: 4503,
  tokenExpired: 4505,
  messageTooLarge: 4513,
} as const;

const explanations: Readonly<Record<number, string>> = {
  [closeCodes.goingAway]: 'the server is going away',
  [closeCodes.positionLost]: 'position lost',
  [closeCodes.tooSlowAtHandshake]: 'too slow at the handshake',
  [closeCodes.tooManyConnections]: 'too many connections just now',
  [closeCodes.protocolError]: 'protocol error',
  [closeCodes.unauthenticated]: 'not authenticated',
  [closeCodes.forbidden]: 'forbidden',
  [closeCodes.tokenExpired]: 'the token has expired',
  [closeCodes.messageTooLarge]: 'a message was too large',
};

/** Whether a socket closed with this code is to stay closed. */
export function isFinal(code: number): boolean {
  return code >= 4500 && code <= 4999;
}

/** A close code in words, with the server's reason if it gave one. */
export function explain(code: number, reason: string): string {
  return reason || explanations[code] || 'connection lost';
}
