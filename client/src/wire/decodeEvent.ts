import { decodeFailure } from './decodeError.ts';
import type {
  BatchEnded,
  BatchPaused,
  ConversationState,
  EventBase,
  KnownEvent,
  KnownEventType,
  PlannedTool,
  SessionEvent,
  TerminalSize,
  ToolApprovalRequired,
  ToolFailed,
  ToolSuspended,
  UnknownEvent,
  Usage,
} from './events.ts';
import {
  asArray,
  asObject,
  DecodeError,
  number,
  oneOf,
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
import { definition, standing } from './processes.ts';
import { decodeTurn } from './turns.ts';

type Decoders = { readonly [T in KnownEventType]: (o: JsonObject, base: EventBase, type: T) => KnownEvent };

const conversationStates = [
  'queued',
  'active',
  'paused_for_tools',
  'resuming',
  'completed',
  'error',
  'cancelled',
] as const satisfies readonly ConversationState[];

const ofMessage = (o: JsonObject) => ({ messageId: text(o, 'messageId') });
const ofBatch = (o: JsonObject) => ({ batchId: text(o, 'batchId') });
const ofExecution = (o: JsonObject) => ({ executionId: text(o, 'executionId') });
const usage = (o: JsonObject) => optObject(o, 'usage') as { usage?: Usage };
const ended = (o: JsonObject) => ({ ...optNumber(o, 'elapsedMs'), ...optObject(o, 'metrics') });
const terminalSize = (o: JsonObject): TerminalSize => ({ cols: number(o, 'cols'), rows: number(o, 'rows') });
const optTerminal = (o: JsonObject): { terminal?: TerminalSize } =>
  o.terminal === undefined ? {} : { terminal: terminalSize(asObject(o.terminal, 'terminal')) };
const value = (o: JsonObject, key: string): JsonValue => o[key] ?? {};

function plannedTool(v: JsonValue): PlannedTool {
  const o = asObject(v, 'tool');
  return {
    executionId: text(o, 'executionId'),
    callId: text(o, 'callId'),
    index: number(o, 'index'),
    name: text(o, 'name'),
    ...optText(o, 'description'),
    arguments: value(o, 'arguments'),
    ...optNumber(o, 'estimatedMs'),
    ...optTrue(o, 'input'),
    ...optNumber(o, 'timeoutMs'),
    ...optTrue(o, 'timeoutCapped'),
    ...optTerminal(o),
  };
}

const paused = (o: JsonObject, base: EventBase, type: BatchPaused['type']): BatchPaused => ({
  ...base,
  ...ofBatch(o),
  type,
  ...optText(o, 'by'),
  ...optText(o, 'deadline'),
});

const batchEnded = (o: JsonObject, base: EventBase, type: BatchEnded['type']): BatchEnded => ({
  ...base,
  ...ofBatch(o),
  type,
  successful: number(o, 'successful'),
  failed: number(o, 'failed'),
  timedOut: number(o, 'timedOut'),
  cancelled: number(o, 'cancelled'),
  total: number(o, 'total'),
  elapsedMs: number(o, 'elapsedMs'),
  ...optNumber(o, 'filesCreated'),
  ...optNumber(o, 'linesWritten'),
  ...optNumber(o, 'peakMemoryBytes'),
  ...optNumber(o, 'cpuMs'),
  ...optNumber(o, 'apiCalls'),
  ...optNumber(o, 'bytesIn'),
  ...optNumber(o, 'bytesOut'),
});

const approval = (o: JsonObject, base: EventBase, type: ToolApprovalRequired['type']): ToolApprovalRequired => ({
  ...base,
  ...ofExecution(o),
  type,
  ...optText(o, 'name'),
  ...optValue(o, 'arguments'),
  ...optText(o, 'reason'),
  ...optText(o, 'by'),
  ...optText(o, 'deadline'),
});

const suspended = (o: JsonObject, base: EventBase, type: ToolSuspended['type']): ToolSuspended => ({
  ...base,
  ...ofExecution(o),
  type,
});

const toolFailed = (o: JsonObject, base: EventBase, type: ToolFailed['type']): ToolFailed => ({
  ...base,
  ...ofExecution(o),
  type,
  error: decodeFailure(o.error),
  ...ended(o),
});

const decoders: Decoders = {
  'session.configured': (o, base, type) => ({
    ...base,
    type,
    parameters: asObject(o.parameters, 'parameters'),
    ...optText(o, 'by'),
  }),
  'session.shared': (o, base, type) => ({ ...base, type, subjects: texts(o, 'subjects'), ...optText(o, 'by') }),
  'session.reset': (o, base, type) => ({ ...base, type, ...optText(o, 'by'), ...optText(o, 'title') }),
  'session.renamed': (o, base, type) => ({ ...base, type, title: text(o, 'title'), ...optText(o, 'by') }),
  'message.created': (o, base, type) => ({
    ...base,
    ...ofMessage(o),
    type,
    role: text(o, 'role'),
    text: text(o, 'text'),
    ...optText(o, 'by'),
    ...optText(o, 'title'),
  }),
  'message.started': (o, base, type) => ({
    ...base,
    ...ofMessage(o),
    type,
    ...optText(o, 'model'),
    round: number(o, 'round'),
    attempt: number(o, 'attempt'),
  }),
  'message.delta': (o, base, type) => ({
    ...base,
    ...ofMessage(o),
    type,
    round: number(o, 'round'),
    attempt: number(o, 'attempt'),
    offset: number(o, 'offset'),
    text: text(o, 'text'),
  }),
  'message.reasoning': (o, base, type) => ({
    ...base,
    ...ofMessage(o),
    type,
    round: number(o, 'round'),
    attempt: number(o, 'attempt'),
    offset: number(o, 'offset'),
    text: text(o, 'text'),
  }),
  'message.completed': (o, base, type) => ({
    ...base,
    ...ofMessage(o),
    type,
    text: text(o, 'text'),
    ...optText(o, 'finishReason'),
    ...usage(o),
  }),
  'message.failed': (o, base, type) => ({ ...base, ...ofMessage(o), type, error: decodeFailure(o.error) }),
  'message.edited': (o, base, type) => ({
    ...base,
    ...ofMessage(o),
    type,
    ...optText(o, 'text'),
    ...optText(o, 'by'),
    ...optText(o, 'title'),
  }),
  'message.deleted': (o, base, type) => ({
    ...base,
    ...ofMessage(o),
    type,
    ...optText(o, 'by'),
    ...optText(o, 'title'),
  }),
  'conversation.state': (o, base, type) => ({
    ...base,
    ...ofMessage(o),
    type,
    ...optional(o, 'from', (from, key) => oneOf(from, key, conversationStates)),
    to: oneOf(o, 'to', conversationStates),
    ...optText(o, 'reason'),
    ...(typeof o.recoverable === 'boolean' ? { recoverable: o.recoverable } : {}),
    ...(typeof o.paused === 'boolean' ? { paused: o.paused } : {}),
  }),
  'batch.started': (o, base, type) => ({
    ...base,
    ...ofBatch(o),
    type,
    total: number(o, 'total'),
    ...optText(o, 'deadline'),
    ...optNumber(o, 'maxParallel'),
    tools: asArray(o.tools, 'tools').map(plannedTool),
    ...optText(o, 'title'),
    ...optJob(o),
  }),
  'batch.progress': (o, base, type) => ({
    ...base,
    ...ofBatch(o),
    type,
    completed: number(o, 'completed'),
    failed: number(o, 'failed'),
    executing: number(o, 'executing'),
    pending: number(o, 'pending'),
    total: number(o, 'total'),
    percent: number(o, 'percent'),
    elapsedMs: number(o, 'elapsedMs'),
    ...optNumber(o, 'etaMs'),
  }),
  'batch.paused': paused,
  'batch.resumed': paused,
  'batch.completed': batchEnded,
  'batch.failed': batchEnded,
  'batch.timeout': batchEnded,
  'batch.cancelled': batchEnded,
  'tool.approval_required': approval,
  'tool.approved': approval,
  'tool.started': (o, base, type) => ({
    ...base,
    ...ofExecution(o),
    type,
    ...optText(o, 'name'),
    attempt: number(o, 'attempt'),
    ...optNumber(o, 'parallel'),
    ...optText(o, 'tool'),
  }),
  'tool.progress': (o, base, type) => ({
    ...base,
    ...ofExecution(o),
    type,
    stage: text(o, 'stage'),
    ...optNumber(o, 'percent'),
    ...optText(o, 'message'),
    ...optValue(o, 'details'),
  }),
  'tool.output': (o, base, type) => ({
    ...base,
    ...ofExecution(o),
    type,
    stream: oneOf(o, 'stream', ['stdout', 'stderr', 'result', 'terminal']),
    offset: number(o, 'offset'),
    ...optText(o, 'text'),
    ...optText(o, 'base64'),
    ...optNumber(o, 'dropped'),
  }),
  'tool.waiting': (o, base, type) => ({
    ...base,
    ...ofExecution(o),
    type,
    elapsedMs: number(o, 'elapsedMs'),
    ...optText(o, 'message'),
  }),
  'tool.resized': (o, base, type) => ({
    ...base,
    ...ofExecution(o),
    type,
    ...terminalSize(o),
    by: text(o, 'by'),
  }),
  'tool.taken': (o, base, type) => ({ ...base, ...ofExecution(o), type, by: text(o, 'by'), ...optText(o, 'as') }),
  'tool.turn': (o, base, type) => ({ ...base, ...ofExecution(o), type, turn: decodeTurn(o.turn) }),
  'tool.suspended': suspended,
  'tool.continued': suspended,
  'tool.ending': (o, base, type) => ({ ...base, ...ofExecution(o), type, error: decodeFailure(o.error) }),
  'tool.retry': (o, base, type) => ({
    ...base,
    ...ofExecution(o),
    type,
    delayMs: number(o, 'delayMs'),
    error: decodeFailure(o.error),
    ...optObject(o, 'metrics'),
    ...optText(o, 'tool'),
  }),
  'tool.completed': (o, base, type) => ({
    ...base,
    ...ofExecution(o),
    type,
    ...optText(o, 'summary'),
    ...optValue(o, 'result'),
    ...ended(o),
  }),
  'tool.failed': toolFailed,
  'tool.timeout': toolFailed,
  'tool.cancelled': toolFailed,
  'process.defined': (o, base, type) => ({
    ...base,
    type,
    name: text(o, 'name'),
    process: definition(o.process),
    ...optText(o, 'by'),
  }),
  'process.changed': (o, base, type) => ({
    ...base,
    type,
    name: text(o, 'name'),
    ...standing(o),
    ...optText(o, 'by'),
  }),
  'process.removed': (o, base, type) => ({ ...base, type, name: text(o, 'name'), ...optText(o, 'by') }),
};

/** The `type` of every event that this SDK knows. */
export const knownEventTypes = Object.keys(decoders) as readonly KnownEventType[];

/** Reads one event. Throws {@link DecodeError} only where `seq`, `at` or `type` is missing; anything else odd becomes an {@link UnknownEvent}. */
export function decodeEvent(json: JsonValue): SessionEvent {
  const o = asObject(json, 'event');
  const place = { seq: number(o, 'seq'), at: text(o, 'at') };
  const wireType = text(o, 'type');
  if (!Object.hasOwn(decoders, wireType)) return { ...place, type: 'unknown', wireType };
  try {
    const ids = { ...optText(o, 'messageId'), ...optText(o, 'batchId'), ...optText(o, 'executionId') };
    return decodeKnown(o, { ...place, ...ids, ...optNumber(o, 'attempt') }, wireType as KnownEventType);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    const unknown: UnknownEvent = { ...place, type: 'unknown', wireType, problem: error.message };
    return unknown;
  }
}

function decodeKnown<T extends KnownEventType>(o: JsonObject, base: EventBase, type: T): KnownEvent {
  return decoders[type](o, base, type);
}
