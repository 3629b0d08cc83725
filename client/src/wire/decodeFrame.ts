import type { Opened } from './commands.ts';
import { decodeWireError } from './decodeError.ts';
import { decodeEvent } from './decodeEvent.ts';
import { decodeView } from './decodeView.ts';
import {
  asArray,
  asObject,
  number,
  optional,
  optNumber,
  optObject,
  optText,
  parseObject,
  text,
  texts,
} from './fields.ts';
import type { EventsFrame, ServerFrame } from './frames.ts';
import { decodeProcesses } from './hostProcesses.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { decodeNoticeFrame, decodeNoticesGone } from './notices.ts';
import { decodeSessions } from './sessions.ts';

const defaultHeartbeatMs = 25_000;

const decoders: Readonly<Record<ServerFrame['type'], (o: JsonObject) => ServerFrame>> = {
  welcome: (o) => ({
    type: 'welcome',
    connectionId: text(o, 'connectionId'),
    ...optText(o, 'tenant'),
    ...optText(o, 'subject'),
    ...optional(o, 'scopes', texts),
    ...(o.protocol === undefined ? {} : { protocol: String(o.protocol) }),
    heartbeatMs: typeof o.heartbeatMs === 'number' ? o.heartbeatMs : defaultHeartbeatMs,
    ...optObject(o, 'limits'),
    ...gateways(o),
  }),
  ack: (o) => ({ type: 'ack', id: text(o, 'id'), result: o.result ?? {} }),
  error: (o) => ({ type: 'error', ...optText(o, 'id'), error: decodeWireError(o.error) }),
  events: (o) => ({ type: 'events', ...events(o) }),
  'tool.events': (o) => ({ type: 'tool.events', executionId: text(o, 'executionId'), ...events(o) }),
  signal: (o) => ({
    type: 'signal',
    session: text(o, 'session'),
    kind: text(o, 'kind'),
    from: typeof o.from === 'string' ? o.from : '',
    data: o,
  }),
  head: (o) => ({ type: 'head', sessions: heads(asObject(o.sessions, 'sessions')), ...gateways(o) }),
  closing: (o) => ({ type: 'closing', ...optText(o, 'reason'), ...optNumber(o, 'reconnectAfterMs') }),
  notice: decodeNoticeFrame,
  'notices.gone': decodeNoticesGone,
  sessions: decodeSessions,
  processes: decodeProcesses,
};

function events(o: JsonObject): Omit<EventsFrame, 'type'> {
  return {
    session: text(o, 'session'),
    epoch: text(o, 'epoch'),
    after: number(o, 'after'),
    seq: number(o, 'seq'),
    ...optText(o, 'check'),
    events: asArray(o.events ?? [], 'events').map(decodeEvent),
  };
}

/** What is no list of texts says nothing: a connection is worth more than a second one. */
function gateways(o: JsonObject): { gateways?: readonly string[] } {
  const named = o.gateways;
  if (!Array.isArray(named)) return {};
  return { gateways: named.filter((address) => typeof address === 'string') };
}

function heads(o: JsonObject): Record<string, { epoch: string; seq: number }> {
  return Object.fromEntries(
    Object.entries(o).map(([id, v]) => {
      const head = asObject(v, 'head');
      return [id, { epoch: text(head, 'epoch'), seq: number(head, 'seq') }];
    }),
  );
}

/** Reads one text message of a server; `undefined` for a frame of an unknown type. Throws {@link DecodeError}. */
export function decodeFrame(message: string): ServerFrame | undefined {
  const o = parseObject(message);
  const type = text(o, 'type');
  return Object.hasOwn(decoders, type) ? decoders[type as ServerFrame['type']](o) : undefined;
}

/** Reads the result of `session.open` and `tool.follow`. Throws {@link DecodeError}. */
export function decodeOpened(json: JsonValue): Opened {
  const o = asObject(json, 'result');
  const opened: Opened = {
    epoch: text(o, 'epoch'),
    head: number(o, 'head'),
    after: number(o, 'after'),
    ...optText(o, 'check'),
    recovered: o.recovered === true,
  };
  if (o.snapshot === undefined) return opened;
  const snapshot = asObject(o.snapshot, 'snapshot');
  const view = decodeView(snapshot.view ?? {});
  return { ...opened, snapshot: { seq: number(snapshot, 'seq'), ...optText(snapshot, 'check'), view } };
}
