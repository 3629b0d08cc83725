import type { FailureError } from './errors.ts';
import type { JobInfo } from './jobs.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { NamedProcessDefinition, NamedProcessStanding } from './processes.ts';
import type { TerminalTurn } from './turns.ts';

/** What every event carries. `seq` is dense within a session and an epoch; `at` is ISO 8601 UTC. */
export interface EventBase {
  readonly seq: number;
  readonly at: string;
  readonly messageId?: string;
  readonly batchId?: string;
  readonly executionId?: string;
  /** The attempt of the execution, from 1; on `message.*` events the attempt of the round. */
  readonly attempt?: number;
}

interface OfMessage extends EventBase {
  readonly messageId: string;
}
interface OfBatch extends EventBase {
  readonly batchId: string;
}
interface OfExecution extends EventBase {
  readonly executionId: string;
}

/** Where a reply stands. */
export type ConversationState =
  | 'queued'
  | 'active'
  | 'paused_for_tools'
  | 'resuming'
  | 'completed'
  | 'error'
  | 'cancelled';

/** Who wrote a message. */
export type Role = 'user' | 'assistant' | (string & {});

/** Tokens that a model counted; providers add fields of their own. */
export interface Usage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly [key: string]: JsonValue | undefined;
}

export interface SessionConfigured extends EventBase {
  readonly type: 'session.configured';
  /** All parameters that there are now. */
  readonly parameters: JsonObject;
  readonly by?: string;
}
export interface SessionShared extends EventBase {
  readonly type: 'session.shared';
  /** All members that there are now. */
  readonly subjects: readonly string[];
  readonly by?: string;
}
export interface SessionReset extends EventBase {
  readonly type: 'session.reset';
  readonly by?: string;
  readonly title?: string;
}
export interface SessionRenamed extends EventBase {
  readonly type: 'session.renamed';
  /** Empty: the session has no title. */
  readonly title: string;
  readonly by?: string;
}

export interface MessageCreated extends OfMessage {
  readonly type: 'message.created';
  readonly role: Role;
  readonly text: string;
  readonly by?: string;
  /** What the session is called from now on, where this changes it; empty: it has no title. */
  readonly title?: string;
}
/** A model round begins; the same round again (next attempt) voids the text that it had written. */
export interface MessageStarted extends OfMessage {
  readonly type: 'message.started';
  readonly model?: string;
  readonly round: number;
  readonly attempt: number;
}
export interface MessageDelta extends OfMessage {
  readonly type: 'message.delta';
  readonly round: number;
  readonly attempt: number;
  /** Bytes of UTF-8 since the round's attempt began. */
  readonly offset: number;
  readonly text: string;
}
/** What the model thinks, where that is shown; it has offsets of its own. */
export interface MessageReasoning extends OfMessage {
  readonly type: 'message.reasoning';
  readonly round: number;
  readonly attempt: number;
  /** Bytes of UTF-8 since the round's attempt began. */
  readonly offset: number;
  readonly text: string;
}
export interface MessageCompleted extends OfMessage {
  readonly type: 'message.completed';
  /** The whole reply, all rounds. */
  readonly text: string;
  readonly finishReason?: string;
  readonly usage?: Usage;
}
export interface MessageFailed extends OfMessage {
  readonly type: 'message.failed';
  readonly error: FailureError;
}
export interface MessageEdited extends OfMessage {
  readonly type: 'message.edited';
  readonly text?: string;
  readonly by?: string;
  /** What the session is called from now on, where this changes it; empty: it has no title. */
  readonly title?: string;
}
export interface MessageDeleted extends OfMessage {
  readonly type: 'message.deleted';
  readonly by?: string;
  /** What the session is called from now on, where this changes it; empty: it has no title. */
  readonly title?: string;
}
/** A reply changes state. The first one of a reply has no `from` and creates it. */
export interface ConversationStateChanged extends OfMessage {
  readonly type: 'conversation.state';
  readonly from?: ConversationState;
  readonly to: ConversationState;
  readonly reason?: string;
  readonly recoverable?: boolean;
  /** Whether the reply is held from now on: its batch, and any further round. */
  readonly paused?: boolean;
}

/** How large a terminal is, in characters. */
export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

/** One planned call of a batch. */
export interface PlannedTool {
  readonly executionId: string;
  readonly callId: string;
  readonly index: number;
  readonly name: string;
  readonly description?: string;
  readonly arguments: JsonValue;
  readonly estimatedMs?: number;
  /** Whether clients may type into it, with `tool.input`. */
  readonly input?: boolean;
  /** The time-out of each attempt, where the call asked for one. */
  readonly timeoutMs?: number;
  /** That is less than the call asked for. */
  readonly timeoutCapped?: boolean;
  /** The terminal that it has at first. */
  readonly terminal?: TerminalSize;
}
export interface BatchStarted extends OfBatch {
  readonly type: 'batch.started';
  readonly total: number;
  readonly deadline?: string;
  readonly maxParallel?: number;
  readonly tools: readonly PlannedTool[];
  /** What the session is called from now on, where this changes it; empty: it has no title. */
  readonly title?: string;
  /** Of one that is a job. */
  readonly job?: JobInfo;
}
export interface BatchProgressed extends OfBatch {
  readonly type: 'batch.progress';
  readonly completed: number;
  readonly failed: number;
  readonly executing: number;
  readonly pending: number;
  readonly total: number;
  /** 0 to 100. */
  readonly percent: number;
  readonly elapsedMs: number;
  readonly etaMs?: number;
}
export interface BatchPaused extends OfBatch {
  readonly type: 'batch.paused' | 'batch.resumed';
  readonly by?: string;
  readonly deadline?: string;
}
export interface BatchEnded extends OfBatch {
  readonly type: 'batch.completed' | 'batch.failed' | 'batch.timeout' | 'batch.cancelled';
  readonly successful: number;
  readonly failed: number;
  readonly timedOut: number;
  readonly cancelled: number;
  readonly total: number;
  readonly elapsedMs: number;
  readonly filesCreated?: number;
  readonly linesWritten?: number;
  /** The peaks of all attempts' processes, added up; absent where none is known. */
  readonly peakMemoryBytes?: number;
  /** Processor time of all attempts' processes; absent where none is known. */
  readonly cpuMs?: number;
  /** Calls of all attempts to services outside; absent where there were none. */
  readonly apiCalls?: number;
  /** Bytes that tools themselves, not their processes, took in from services and files; absent for none. */
  readonly bytesIn?: number;
  /** Bytes that they gave out to them; absent for none. */
  readonly bytesOut?: number;
}

export interface ToolApprovalRequired extends OfExecution {
  readonly type: 'tool.approval_required' | 'tool.approved';
  readonly name?: string;
  readonly arguments?: JsonValue;
  readonly reason?: string;
  readonly by?: string;
  /** When asked: until when the batch waits, while it waits only for people. When approved: the batch's deadline from now on, where that has moved. */
  readonly deadline?: string;
}
/** An attempt begins. Output and progress of an earlier attempt are void. */
export interface ToolStarted extends OfExecution {
  readonly type: 'tool.started';
  readonly name?: string;
  readonly attempt: number;
  /** Executions of the batch that run now, this one included. */
  readonly parallel?: number;
  /** Which tool runs, where the called one has fallbacks. */
  readonly tool?: string;
}
/** What a tool says of itself; measured, never made up. */
export interface ToolProgress {
  readonly stage: string;
  /** 0 to 100. */
  readonly percent?: number;
  readonly message?: string;
  readonly details?: JsonValue;
}
export interface ToolProgressed extends OfExecution, ToolProgress {
  readonly type: 'tool.progress';
}
export type OutputStream = 'stdout' | 'stderr' | 'result' | 'terminal';
export interface ToolOutput extends OfExecution {
  readonly type: 'tool.output';
  readonly stream: OutputStream;
  /** Raw bytes of the stream before this chunk, within the attempt. */
  readonly offset: number;
  /** Either this, or {@link base64} where the bytes are not whole UTF-8 characters. */
  readonly text?: string;
  readonly base64?: string;
  /** Bytes that were counted but not kept. */
  readonly dropped?: number;
}
export interface ToolWaiting extends OfExecution {
  readonly type: 'tool.waiting';
  readonly elapsedMs: number;
  readonly message?: string;
}
export interface ToolResized extends OfExecution, TerminalSize {
  readonly type: 'tool.resized';
  readonly by: string;
}
/** Who types into its terminal from now on. */
export interface ToolTaken extends OfExecution {
  readonly type: 'tool.taken';
  readonly by: string;
  /** Which window of that subject. */
  readonly as?: string;
}
/** A turn at its terminal has begun or gone on. */
export interface ToolTurned extends OfExecution {
  readonly type: 'tool.turn';
  readonly turn: TerminalTurn;
}
export interface ToolSuspended extends OfExecution {
  readonly type: 'tool.suspended' | 'tool.continued';
}
/** Its processes are being ended first; an outcome with this error follows, or a retry. */
export interface ToolEnding extends OfExecution {
  readonly type: 'tool.ending';
  readonly error: FailureError;
}
export interface ToolRetry extends OfExecution {
  readonly type: 'tool.retry';
  readonly delayMs: number;
  readonly error: FailureError;
  readonly metrics?: JsonObject;
  /** The fallback that is tried next; absent where the same tool is. */
  readonly tool?: string;
}
export interface ToolCompleted extends OfExecution {
  readonly type: 'tool.completed';
  readonly summary?: string;
  readonly result?: JsonValue;
  readonly elapsedMs?: number;
  readonly metrics?: JsonObject;
}
export interface ToolFailed extends OfExecution {
  readonly type: 'tool.failed' | 'tool.timeout' | 'tool.cancelled';
  readonly error: FailureError;
  readonly elapsedMs?: number;
  readonly metrics?: JsonObject;
}

/** A named process is what it says from its next run on; a new one is stopped. */
export interface ProcessDefined extends EventBase {
  readonly type: 'process.defined';
  readonly name: string;
  readonly process: NamedProcessDefinition;
  readonly by?: string;
}
/** How a named process stands, all of it. */
export interface ProcessChanged extends EventBase, NamedProcessStanding {
  readonly type: 'process.changed';
  readonly name: string;
  /** Who wanted it, where somebody did. */
  readonly by?: string;
}
export interface ProcessRemoved extends EventBase {
  readonly type: 'process.removed';
  readonly name: string;
  readonly by?: string;
}

/** An event of a type that this SDK does not know, or a known one whose fields are not as they should be. It moves the cursor and changes nothing else. */
export interface UnknownEvent extends EventBase {
  readonly type: 'unknown';
  readonly wireType: string;
  /** Set when the type is known and a field is missing or wrong. */
  readonly problem?: string;
}

/** The events of protocol version 1. */
export type KnownEvent =
  | SessionConfigured
  | SessionShared
  | SessionReset
  | SessionRenamed
  | MessageCreated
  | MessageStarted
  | MessageDelta
  | MessageReasoning
  | MessageCompleted
  | MessageFailed
  | MessageEdited
  | MessageDeleted
  | ConversationStateChanged
  | BatchStarted
  | BatchProgressed
  | BatchPaused
  | BatchEnded
  | ToolApprovalRequired
  | ToolStarted
  | ToolProgressed
  | ToolOutput
  | ToolWaiting
  | ToolResized
  | ToolTaken
  | ToolTurned
  | ToolEnding
  | ToolSuspended
  | ToolRetry
  | ToolCompleted
  | ToolFailed
  | ProcessDefined
  | ProcessChanged
  | ProcessRemoved;

/** What a session emits, discriminated by `type`. */
export type SessionEvent = KnownEvent | UnknownEvent;

/** The `type` of every event that this SDK knows. */
export type KnownEventType = KnownEvent['type'];
