import type { FailureError } from './errors.ts';
import type { ConversationState, OutputStream, Role, TerminalSize, ToolProgress, Usage } from './events.ts';
import type { JobInfo } from './jobs.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { NamedProcess } from './processes.ts';
import type { TerminalTurn } from './turns.ts';

/** Where an execution stands. The last four are final. */
export type ExecutionState =
  | 'pending'
  | 'awaiting_approval'
  | 'executing'
  | 'backoff'
  | 'completed'
  | 'failed'
  | 'timed_out'
  | 'cancelled';

/** Where a batch stands. All but `executing` and `paused` are final. */
export type BatchState = 'executing' | 'paused' | 'completed' | 'failed' | 'timed_out' | 'cancelled';

/** A message of the conversation. User messages are `completed` from the start. */
export interface ViewMessage {
  readonly id: string;
  readonly role: Role;
  /** The text of all rounds so far. Empty once deleted. */
  readonly text: string;
  readonly state: ConversationState;
  readonly model?: string;
  /** The model round, from 1. */
  readonly round?: number;
  /** Bytes of UTF-8 that a snapshot has left out before {@link text}. */
  readonly textOffset?: number;
  /** Where the current round's text begins in the whole text, in bytes of UTF-8. */
  readonly roundOffset?: number;
  readonly by?: string;
  /** When it was created, ISO 8601 UTC. */
  readonly at: string;
  readonly edited?: boolean;
  readonly deleted?: boolean;
  /** Held by a person: its batch, and any further round. */
  readonly paused?: boolean;
  readonly error?: FailureError;
  readonly usage?: Usage;
  /** What the model thought in the current round, where that is shown. */
  readonly reasoning?: string;
  /** Its batches, oldest first. */
  readonly batches: readonly string[];
}

/** What the server last estimated of a batch. */
export interface BatchProgress {
  /** 0 to 100. */
  readonly percent: number;
  readonly elapsedMs: number;
  readonly etaMs?: number;
}

/** A batch of parallel calls. `completed + failed + executing + pending = total`. */
export interface ViewBatch {
  readonly state: BatchState;
  readonly messageId?: string;
  readonly deadline?: string;
  /** Until when it waits for approval, while that is all that it waits for; its {@link deadline} stands still meanwhile. */
  readonly approvalDeadline?: string;
  readonly total: number;
  readonly completed: number;
  /** Failed, timed out and cancelled ones. */
  readonly failed: number;
  /** Executing ones and those that wait for their next attempt. */
  readonly executing: number;
  /** Not begun, or awaiting approval. */
  readonly pending: number;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly progress?: BatchProgress;
  /** In call order. */
  readonly executions: readonly string[];
  /** Of one that is a job. */
  readonly job?: JobInfo;
  /** How many executions a snapshot had no room for; they are not in {@link executions}. */
  readonly leftOut?: number;
}

/** Bytes of a stream that are not kept. */
export interface OutputGap {
  /** Bytes of UTF-8 of the text before it. */
  readonly at: number;
  readonly bytes: number;
}

/** The kept tail of one output stream. */
export interface OutputTail {
  /** At most the last 65,536 bytes. */
  readonly text: string;
  /** Raw bytes of the stream that came before {@link text}. */
  readonly offset: number;
  /** What the gaps amount to. */
  readonly dropped?: number;
  /** Where something is missing, in order. */
  readonly gaps?: readonly OutputGap[];
  /** Of a terminal: control sequences that tell a fresh one what it was told before {@link text}. */
  readonly modes?: string;
}

/** The output of the current attempt. */
export type ViewOutput = { readonly [stream in OutputStream]?: OutputTail };

/** What may be shortened in a view; `details` are the progress's. */
export const shortenable = ['arguments', 'result', 'details'] as const;

export type Shortened = (typeof shortenable)[number];

/** The terminal of an execution: its size, and who types into it, if anybody has. */
export interface ViewTerminal extends TerminalSize {
  readonly by?: string;
  /** Which window of that subject. */
  readonly as?: string;
}

/** One tool execution. */
export interface ViewExecution {
  readonly batchId: string;
  readonly callId: string;
  readonly index: number;
  readonly name: string;
  readonly arguments: JsonValue;
  readonly state: ExecutionState;
  /** 0 until it starts, then 1, 2, … */
  readonly attempt: number;
  readonly suspended?: boolean;
  /** Cancelled or out of time, while its processes are being ended. */
  readonly ending?: boolean;
  /** The fallback that runs, ran or is next, instead of the tool {@link name} that was called. */
  readonly tool?: string;
  readonly progress?: ToolProgress;
  readonly output: ViewOutput;
  readonly result?: JsonValue;
  readonly error?: FailureError;
  readonly summary?: string;
  /** When the current attempt began, ISO 8601 UTC. */
  readonly startedAt?: string;
  /** Set once it has ended. */
  readonly elapsedMs?: number;
  readonly metrics?: JsonObject;
  /** Whether `tool.input` may type into it while it executes. */
  readonly input?: boolean;
  /** The terminal that it has. */
  readonly terminal?: ViewTerminal;
  /** The newest turns at its terminal, at most {@link shownTurns}. */
  readonly turns?: readonly TerminalTurn[];
  /** What is not whole here; `Session.toolDetails` has it. */
  readonly shortened?: readonly Shortened[];
}

/** How many of each a snapshot had no room for. */
export interface LeftOut {
  readonly messages?: number;
  readonly batches?: number;
  readonly executions?: number;
}

/** A session as its events tell it: what a snapshot holds, and what folding all events gives. */
export interface View {
  readonly parameters: JsonObject;
  readonly owner?: string;
  /** What the session is called: as people have named it, else after its first message or its tools. */
  readonly title?: string;
  readonly members: readonly string[];
  /** Oldest first, at most the newest 200. */
  readonly messages: readonly ViewMessage[];
  readonly batches: Readonly<Record<string, ViewBatch>>;
  readonly executions: Readonly<Record<string, ViewExecution>>;
  readonly leftOut?: LeftOut;
  /** Named processes, in order of definition; absent where there are none. */
  readonly processes?: readonly NamedProcess[];
}

/** The view of a session without events. */
export const emptyView: View = { parameters: {}, members: [], messages: [], batches: {}, executions: {} };
