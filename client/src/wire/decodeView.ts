import { decodeFailure } from './decodeError.ts';
import type { ConversationState, ToolProgress, Usage } from './events.ts';
import {
  asArray,
  asObject,
  isObject,
  number,
  optional,
  optNumber,
  optObject,
  optText,
  optTrue,
  optValue,
  text,
  texts,
} from './fields.ts';
import { optJob } from './jobs.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { decodeNamedProcess } from './processes.ts';
import { decodeTurn } from './turns.ts';
import {
  type BatchProgress,
  type BatchState,
  type ExecutionState,
  type LeftOut,
  type OutputGap,
  type OutputTail,
  shortenable,
  type View,
  type ViewBatch,
  type ViewExecution,
  type ViewMessage,
  type ViewOutput,
  type ViewTerminal,
} from './view.ts';

const error = (o: JsonObject) => optional(o, 'error', (from) => decodeFailure(from.error));

/** Reads a message as in the view. Throws {@link DecodeError}. */
export function decodeMessage(json: JsonValue): ViewMessage {
  const o = asObject(json, 'message');
  return {
    id: text(o, 'id'),
    role: text(o, 'role'),
    text: typeof o.text === 'string' ? o.text : '',
    state: text(o, 'state') as ConversationState,
    ...optText(o, 'model'),
    ...optNumber(o, 'round'),
    ...optNumber(o, 'textOffset'),
    ...optNumber(o, 'roundOffset'),
    ...optText(o, 'by'),
    at: text(o, 'at'),
    ...optTrue(o, 'edited'),
    ...optTrue(o, 'deleted'),
    ...optTrue(o, 'paused'),
    ...optText(o, 'reasoning'),
    ...error(o),
    ...(optObject(o, 'usage') as { usage?: Usage }),
    batches: texts(o, 'batches'),
  };
}

function progress(o: JsonObject): BatchProgress {
  return { percent: number(o, 'percent'), elapsedMs: number(o, 'elapsedMs'), ...optNumber(o, 'etaMs') };
}

function batch(json: JsonValue): ViewBatch {
  const o = asObject(json, 'batch');
  return {
    state: text(o, 'state') as BatchState,
    ...optText(o, 'messageId'),
    ...optText(o, 'deadline'),
    ...optText(o, 'approvalDeadline'),
    total: number(o, 'total'),
    completed: number(o, 'completed'),
    failed: number(o, 'failed'),
    executing: number(o, 'executing'),
    pending: number(o, 'pending'),
    startedAt: text(o, 'startedAt'),
    ...optText(o, 'endedAt'),
    ...optional(o, 'progress', (from) => progress(asObject(from.progress, 'progress'))),
    executions: texts(o, 'executions'),
    ...optNumber(o, 'leftOut'),
    ...optJob(o),
  };
}

function tail(json: JsonValue): OutputTail {
  const o = asObject(json, 'output');
  return {
    text: text(o, 'text'),
    offset: number(o, 'offset'),
    ...optNumber(o, 'dropped'),
    ...optional(o, 'gaps', (from) => asArray(from.gaps ?? [], 'gaps').map(gap)),
    ...optText(o, 'modes'),
  };
}

function gap(json: JsonValue): OutputGap {
  const o = asObject(json, 'gap');
  return { at: number(o, 'at'), bytes: number(o, 'bytes') };
}

function output(json: JsonValue | undefined): ViewOutput {
  if (!isObject(json)) return {};
  return {
    ...optional(json, 'stdout', (o) => tail(o.stdout as JsonValue)),
    ...optional(json, 'stderr', (o) => tail(o.stderr as JsonValue)),
    ...optional(json, 'result', (o) => tail(o.result as JsonValue)),
    ...optional(json, 'terminal', (o) => tail(o.terminal as JsonValue)),
  };
}

function terminal(o: JsonObject): ViewTerminal {
  return { cols: number(o, 'cols'), rows: number(o, 'rows'), ...optText(o, 'by'), ...optText(o, 'as') };
}

function toolProgress(o: JsonObject): ToolProgress {
  return { stage: text(o, 'stage'), ...optNumber(o, 'percent'), ...optText(o, 'message'), ...optValue(o, 'details') };
}

/** Reads one execution, as in a snapshot or the answer to `tool.details`. Throws {@link DecodeError}. */
export function decodeExecution(json: JsonValue): ViewExecution {
  const o = asObject(json, 'execution');
  return {
    batchId: text(o, 'batchId'),
    callId: text(o, 'callId'),
    index: number(o, 'index'),
    name: text(o, 'name'),
    arguments: o.arguments ?? {},
    state: text(o, 'state') as ExecutionState,
    attempt: typeof o.attempt === 'number' ? o.attempt : 0,
    ...optTrue(o, 'suspended'),
    ...optTrue(o, 'ending'),
    ...optText(o, 'tool'),
    ...optional(o, 'progress', (from) => toolProgress(asObject(from.progress, 'progress'))),
    output: output(o.output),
    ...optValue(o, 'result'),
    ...error(o),
    ...optText(o, 'summary'),
    ...optText(o, 'startedAt'),
    ...optNumber(o, 'elapsedMs'),
    ...optObject(o, 'metrics'),
    ...optTrue(o, 'input'),
    ...optional(o, 'terminal', (from) => terminal(asObject(from.terminal, 'terminal'))),
    ...optional(o, 'turns', (from) => asArray(from.turns ?? [], 'turns').map(decodeTurn)),
    ...optional(o, 'shortened', (from) => {
      const marks = texts(from, 'shortened');
      return shortenable.filter((value) => marks.includes(value));
    }),
  };
}

function leftOut(o: JsonObject): LeftOut {
  return { ...optNumber(o, 'messages'), ...optNumber(o, 'batches'), ...optNumber(o, 'executions') };
}

function record<T>(json: JsonValue | undefined, what: string, read: (v: JsonValue) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(asObject(json ?? {}, what)).map(([id, v]) => [id, read(v)]));
}

/** Reads a view, as in a snapshot. Unknown fields are left out. Throws {@link DecodeError}. */
export function decodeView(json: JsonValue): View {
  const o = asObject(json, 'view');
  return {
    parameters: asObject(o.parameters ?? {}, 'parameters'),
    ...optText(o, 'owner'),
    ...optText(o, 'title'),
    members: texts(o, 'members'),
    messages: asArray(o.messages ?? [], 'messages').map(decodeMessage),
    batches: record(o.batches, 'batches', batch),
    executions: record(o.executions, 'executions', decodeExecution),
    ...optional(o, 'leftOut', (from) => leftOut(asObject(from.leftOut, 'leftOut'))),
    ...optional(o, 'processes', (from) => asArray(from.processes ?? [], 'processes').map(decodeNamedProcess)),
  };
}
