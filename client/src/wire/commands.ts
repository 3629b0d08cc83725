import type { TerminalSize } from './events.ts';
import type { JobRequest } from './jobs.ts';
import type { JsonObject } from './json.ts';
import type { NamedProcessDefinition } from './processes.ts';
import type { View, ViewExecution } from './view.ts';

/** A place in a session's log. Seqs of different epochs can't be compared. */
export interface Cursor {
  readonly epoch: string;
  readonly seq: number;
  /** What the server gave with that seq: proves that the cursor is of its log's history. Absent from older servers and entries. */
  readonly check?: string;
}

/** One call of {@link Commands | tools.run}. */
export interface ToolCall {
  readonly tool: string;
  readonly arguments: JsonObject;
  /** Chosen by the caller, unique within the batch; the server makes one up otherwise. */
  readonly callId?: string;
  /** Milliseconds one attempt may take. Default: the tool's own. */
  readonly timeoutMs?: number;
}

/** What to do with a message while another one is being answered. Default `queue`. */
export type QueuePolicy = 'queue' | 'interrupt' | 'reject';

interface InSession {
  readonly session: string;
}
interface OnMessage extends InSession {
  readonly messageId: string;
}
interface OnBatch extends InSession {
  readonly batchId: string;
}
interface OfInput {
  readonly executionId: string;
  /** Which window of this subject types; for terminals. */
  readonly as?: string;
}
interface OnProcess extends InSession {
  readonly name: string;
}
interface OnExecution extends InSession {
  readonly executionId: string;
  readonly reason?: string;
}

/** The seq of the first event that a command caused. */
export interface Accepted {
  readonly seq: number;
}

/** The answer to `session.open` and `tool.follow`. */
export interface Opened {
  readonly epoch: string;
  readonly head: number;
  readonly after: number;
  /** The check of `after`. */
  readonly check?: string;
  readonly recovered: boolean;
  readonly snapshot?: { readonly seq: number; readonly check?: string; readonly view: View };
}

/** What `message.send` made: the user's message and the reply. */
export interface MessageAccepted extends Accepted {
  readonly messageId: string;
  readonly replyId: string;
}

/** What `tools.run` made; `executionIds` in call order. */
export interface BatchAccepted extends Accepted {
  readonly batchId: string;
  readonly executionIds: readonly string[];
}

/** How a model is asked. What is absent is taken from the session's parameters of these names, then from the server's settings. */
export interface ModelSettings {
  /** What the model is told before the conversation; at most 65,536 characters. */
  readonly system?: string;
  /** 0 to 2. */
  readonly temperature?: number;
  /** Longest answer, 16 to 1,000,000 tokens. */
  readonly maxOutputTokens?: number;
  /** How much the model may think before it answers. */
  readonly reasoning?: 'none' | 'low' | 'medium' | 'high';
  /** Whether what it thinks is told, as `message.reasoning`. */
  readonly showReasoning?: boolean;
}

/** The commands of protocol version 1: the fields that each takes and what its ack holds. */
export interface Commands {
  'session.open': {
    fields: InSession & {
      readonly after?: Cursor | 'start';
      readonly types?: readonly string[];
      readonly maxRate?: number;
    };
    result: Opened;
  };
  'session.close': { fields: InSession; result: JsonObject };
  'session.configure': { fields: InSession & { readonly parameters: JsonObject }; result: Accepted };
  'session.rename': { fields: InSession & { readonly title: string }; result: Accepted };
  'session.share': { fields: InSession & { readonly subjects: readonly string[] }; result: Accepted };
  'session.reset': { fields: InSession; result: Accepted };
  'session.delete': { fields: InSession; result: JsonObject };
  'message.send': {
    fields: InSession & {
      readonly text: string;
      readonly model?: string;
      readonly tools?: readonly string[];
      readonly policy?: QueuePolicy;
    } & ModelSettings;
    result: MessageAccepted;
  };
  'message.edit': { fields: OnMessage & { readonly text: string }; result: Accepted };
  'message.delete': { fields: OnMessage; result: Accepted };
  'message.cancel': { fields: OnMessage; result: Accepted };
  'message.retry': { fields: OnMessage; result: Accepted };
  'message.pause': { fields: OnMessage; result: Accepted };
  'message.resume': { fields: OnMessage; result: Accepted };
  'tools.run': {
    fields: InSession & {
      readonly calls: readonly ToolCall[];
      /** Milliseconds until the batch's deadline. Default 5 minutes. */
      readonly maxWaitMs?: number;
      /** Default 16. */
      readonly maxParallel?: number;
      /** Default: the others go on. */
      readonly onFailure?: 'continue' | 'cancel_rest';
      /** Has it run as a job. */
      readonly job?: JobRequest;
    };
    result: BatchAccepted;
  };
  'batch.pause': { fields: OnBatch; result: Accepted };
  'batch.resume': { fields: OnBatch; result: Accepted };
  'batch.cancel': { fields: OnBatch; result: Accepted };
  'tool.cancel': { fields: OnExecution; result: Accepted };
  'tool.approve': { fields: OnExecution; result: Accepted };
  'tool.deny': { fields: OnExecution; result: Accepted };
  'tool.details': { fields: InSession & { readonly executionId: string }; result: ViewExecution };
  'tool.follow': {
    fields: InSession & {
      readonly executionId: string;
      readonly after?: Cursor | 'start';
      readonly types?: readonly string[];
      readonly maxRate?: number;
    };
    result: Opened;
  };
  'tool.unfollow': { fields: InSession & { readonly executionId: string }; result: JsonObject };
  'tool.input': {
    fields: InSession & OfInput & { readonly data?: string; readonly end?: true; readonly base64?: string };
    result: JsonObject;
  };
  'tool.resize': { fields: InSession & OfInput & TerminalSize; result: JsonObject };
  'tool.signal': { fields: InSession & OfInput & { readonly signal: string }; result: JsonObject };
  'tool.take': { fields: InSession & OfInput; result: JsonObject };
  'process.put': {
    fields: OnProcess & { readonly process: NamedProcessDefinition; readonly start?: boolean };
    result: Accepted;
  };
  'process.start': { fields: OnProcess; result: Accepted };
  'process.stop': { fields: OnProcess; result: Accepted };
  'process.restart': { fields: OnProcess; result: Accepted };
  'process.remove': { fields: OnProcess; result: Accepted };
  typing: { fields: InSession & { readonly active: boolean }; result: JsonObject };
  'sessions.watch': {
    fields: {
      /** The cursor of the last `sessions` frame. */
      readonly after?: string;
      /** Most sessions of a snapshot, 1 to 1,000. Default 200. */
      readonly limit?: number;
      readonly maxRate?: number;
    };
    result: { readonly recovered: boolean; readonly cursor?: string };
  };
  'sessions.unwatch': { fields: object; result: JsonObject };
  'processes.watch': {
    fields: {
      /** All of the silos' hosts; needs the scope `host:processes`. Default false. */
      readonly host?: boolean;
      /** Between two samples, 250 to 60,000. Default 1,000. */
      readonly intervalMs?: number;
    };
    result: { readonly intervalMs: number };
  };
  'processes.unwatch': { fields: object; result: JsonObject };
  'notices.dismiss': { fields: { readonly noticeId: string }; result: JsonObject };
  'auth.refresh': { fields: { readonly token: string }; result: { readonly expiresAt?: string } };
  ping: { fields: object; result: { readonly at?: string } };
}

/** The `type` of a command. */
export type CommandType = keyof Commands;

/** What goes over the wire: type and fields; the connection adds the `id`. */
export type Command<T extends CommandType = CommandType> = {
  [K in T]: { readonly type: K } & Commands[K]['fields'];
}[T];

/** What the ack of a command holds. */
export type CommandResult<T extends CommandType> = Commands[T]['result'];
