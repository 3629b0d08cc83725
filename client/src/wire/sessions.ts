import { asArray, asObject, number, optional, optNumber, optText, text, texts } from './fields.ts';
import type { JsonObject } from './json.ts';

/** How a session stands; a state of a newer server comes as it is. */
export type SessionState =
  | 'idle'
  | 'replying'
  | 'tools_running'
  | 'waiting_for_approval'
  | 'paused'
  | 'failed'
  | (string & {});

/** A session as those see it who watch many. */
export interface SessionSummary {
  readonly session: string;
  readonly owner: string;
  /** Empty where it has none. */
  readonly title: string;
  /** When something last happened in it; ISO 8601. */
  readonly updatedAt: string;
  /** Its last event, as far as this is of it. */
  readonly lastSeq: number;
  readonly state: SessionState;
  /** Executions that run; absent for none. */
  readonly running?: number;
  /** Executions that wait for somebody's approval. */
  readonly waiting?: number;
  /** Executions that wait for a slot, or for their next attempt. */
  readonly pending?: number;
  /** The first of those that have not ended. */
  readonly executions?: readonly OpenExecution[];
}

/** An execution that has not ended. */
export interface OpenExecution {
  readonly executionId: string;
  readonly name: string;
  readonly state: string;
}

/** What has changed, or a page of a snapshot. */
export interface SessionsFrame {
  readonly type: 'sessions';
  /** Whether all that was known is void: a snapshot begins. */
  readonly reset?: boolean;
  /** Whether the snapshot goes on. */
  readonly more?: boolean;
  /** Where to go on after a reconnect; absent while `more`. */
  readonly cursor?: string;
  /** Where `GET /v1/sessions` goes on with older ones, where there are any. */
  readonly next?: string;
  readonly sessions: readonly SessionSummary[];
  /** Sessions that are deleted, or not to be read any more. */
  readonly gone: readonly string[];
}

export function decodeSessions(o: JsonObject): SessionsFrame {
  return {
    type: 'sessions',
    ...(o.reset === true ? { reset: true } : {}),
    ...(o.more === true ? { more: true } : {}),
    ...optText(o, 'cursor'),
    ...optText(o, 'next'),
    sessions: asArray(o.sessions ?? [], 'sessions').map((each) => decodeSummary(asObject(each, 'session'))),
    gone: texts(o, 'gone'),
  };
}

function decodeSummary(o: JsonObject): SessionSummary {
  return {
    session: text(o, 'session'),
    owner: text(o, 'owner'),
    title: typeof o.title === 'string' ? o.title : '',
    updatedAt: text(o, 'updatedAt'),
    lastSeq: number(o, 'lastSeq'),
    state: text(o, 'state'),
    ...optNumber(o, 'running'),
    ...optNumber(o, 'waiting'),
    ...optNumber(o, 'pending'),
    ...optional(o, 'executions', (from) => asArray(from.executions, 'executions').map(decodeExecution)),
  };
}

function decodeExecution(value: unknown): OpenExecution {
  const o = asObject(value as JsonObject, 'execution');
  return { executionId: text(o, 'executionId'), name: text(o, 'name'), state: text(o, 'state') };
}
