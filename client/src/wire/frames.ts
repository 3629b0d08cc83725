import type { WireError } from './errors.ts';
import type { SessionEvent } from './events.ts';
import type { ProcessesFrame } from './hostProcesses.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { NoticeFrame, NoticesGoneFrame } from './notices.ts';
import type { SessionsFrame } from './sessions.ts';

/** The first frame on every connection. */
export interface WelcomeFrame {
  readonly type: 'welcome';
  readonly connectionId: string;
  readonly tenant?: string;
  readonly subject?: string;
  /** What the credentials let one do, such as `tools:run`; absent where the server does not say. */
  readonly scopes?: readonly string[];
  readonly protocol?: string;
  /** Milliseconds between two signs of life of the server. */
  readonly heartbeatMs: number;
  readonly limits?: JsonObject;
  /** In a cluster: the addresses of all its gateways, `https://host[:port]`. */
  readonly gateways?: readonly string[];
}
export interface AckFrame {
  readonly type: 'ack';
  readonly id: string;
  readonly result: JsonValue;
}
export interface ErrorFrame {
  readonly type: 'error';
  /** Absent when the server could not read one. */
  readonly id?: string;
  readonly error: WireError;
}
/** Events with `after < seq <= this.seq`; it may hold fewer than that range, or none. */
export interface EventsFrame {
  readonly type: 'events';
  readonly session: string;
  readonly epoch: string;
  readonly after: number;
  readonly seq: number;
  /** The check of `seq`, for the cursor. */
  readonly check?: string;
  readonly events: readonly SessionEvent[];
}
/** The same of an execution that is followed. */
export interface ToolEventsFrame extends Omit<EventsFrame, 'type'> {
  readonly type: 'tool.events';
  readonly executionId: string;
}
/** Typing and presence: not numbered, not kept. */
export interface SignalFrame {
  readonly type: 'signal';
  readonly session: string;
  readonly kind: string;
  readonly from: string;
  readonly data: JsonObject;
}
/** What this connection has been sent so far, by session. */
export interface HeadFrame {
  readonly type: 'head';
  readonly sessions: Readonly<Record<string, { readonly epoch: string; readonly seq: number }>>;
  /** As in {@link WelcomeFrame}, where they are others since. */
  readonly gateways?: readonly string[];
}
/** Announces a planned close. */
export interface ClosingFrame {
  readonly type: 'closing';
  readonly reason?: string;
  readonly reconnectAfterMs?: number;
}

/** What a server sends, discriminated by `type`. */
export type ServerFrame =
  | WelcomeFrame
  | AckFrame
  | ErrorFrame
  | EventsFrame
  | ToolEventsFrame
  | SignalFrame
  | HeadFrame
  | ClosingFrame
  | NoticeFrame
  | NoticesGoneFrame
  | SessionsFrame
  | ProcessesFrame;
