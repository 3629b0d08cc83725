import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CommandError, Connection, type JsonObject, type Session, type SessionEvent } from '../src/index.ts';
import { FakeServer } from './fakeServer.ts';

let server: FakeServer;
let connection: Connection;
let session: Session;
let seen: SessionEvent[];
let release: () => void;

const at = '2026-01-02T03:04:05Z';
const message = (seq: number, text = `t${seq}`): JsonObject => ({
  seq,
  at,
  type: 'message.created',
  messageId: `m${seq}`,
  role: 'user',
  text,
});
const frame = (after: number, seq: number, events?: JsonObject[], epoch = 'e1'): JsonObject => ({
  type: 'events',
  session: 's',
  epoch,
  after,
  seq,
  events: events ?? Array.from({ length: seq - after }, (_, i) => message(after + 1 + i)),
});
const emptyViewJson = { parameters: {}, members: [], messages: [], batches: {}, executions: {} };
const snapshot = (seq: number, texts: string[] = [], epoch = 'e1'): JsonObject => ({
  epoch,
  head: seq,
  after: seq,
  recovered: false,
  snapshot: {
    seq,
    view: {
      ...emptyViewJson,
      messages: texts.map((text, i) => ({ id: `old${i}`, role: 'user', text, state: 'completed', at, batches: [] })),
    },
  },
});
const recovered = (after: number, head = after): JsonObject => ({ epoch: 'e1', head, after, recovered: true });
const texts = () => session.view.messages.map((m) => m.text);
const opens = () => server.socket.commands('session.open');
const settled = () => vi.advanceTimersByTimeAsync(1);

async function open(result: JsonObject = snapshot(0)): Promise<void> {
  server.socket.welcome();
  server.socket.ack(server.socket.last('session.open'), result);
  await settled();
}

async function reconnect(): Promise<void> {
  server.socket.die();
  connection.retryNow();
  await settled();
  server.socket.welcome();
}

beforeEach(async () => {
  vi.useFakeTimers();
  server = new FakeServer();
  connection = new Connection({ url: 'ws://h/v1/ws', webSocket: server.webSocket, onProblem: () => {} });
  connection.connect();
  session = connection.session('s');
  seen = [];
  session.onEvents((events) => seen.push(...events));
  release = session.acquire();
  await settled();
});
afterEach(() => {
  connection.close();
  vi.useRealTimers();
});

describe('opening', () => {
  it('asks without a cursor first and takes the snapshot', async () => {
    await open(snapshot(7, ['a', 'b']));
    expect(opens()).toEqual([expect.objectContaining({ type: 'session.open', session: 's' })]);
    expect(opens()[0]).not.toHaveProperty('after');
    expect(session.getSnapshot()).toMatchObject({ status: 'live', loaded: true, cursor: { epoch: 'e1', seq: 7 } });
    expect(texts()).toEqual(['a', 'b']);
    expect(seen).toEqual([]);
  });

  it('takes events that come in the same turn as the answer', () => {
    server.socket.welcome();
    server.socket.ack(server.socket.last('session.open'), snapshot(0));
    server.socket.push(frame(0, 2));
    expect(texts()).toEqual(['t1', 't2']);
  });

  it('is the same session for everybody, open until the last one lets go', async () => {
    await open();
    const again = connection.session('s').acquire();
    release();
    release();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(server.socket.commands('session.close')).toEqual([]);
    again();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server.socket.commands('session.close')).toHaveLength(1);
    await settled();
    expect(session.getSnapshot().status).toBe('closed');
  });

  it('comes back where it was when somebody opens it again', async () => {
    await open();
    server.socket.push(frame(0, 3));
    release();
    await vi.advanceTimersByTimeAsync(1_000);
    server.socket.push(frame(3, 4));
    session.acquire();
    expect(opens().at(-1)).toMatchObject({ after: { epoch: 'e1', seq: 3 } });
    expect(texts()).toHaveLength(3);
  });

  it('a refusal is shown, one that may pass is tried again', async () => {
    server.socket.welcome();
    server.socket.refuse(server.socket.last('session.open'), 'unavailable', { retryable: true, retryAfterMs: 100 });
    expect(session.getSnapshot().error).toBeUndefined();
    await vi.advanceTimersByTimeAsync(400);
    expect(opens()).toHaveLength(2);
    server.socket.refuse(server.socket.last('session.open'), 'forbidden');
    await settled();
    expect(session.getSnapshot()).toMatchObject({ status: 'refused', error: { code: 'forbidden' } });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(opens()).toHaveLength(2);
  });
});

describe('frames', () => {
  it('are applied in order, and an old or doubled one is ignored', async () => {
    await open();
    server.socket.push(frame(0, 2));
    server.socket.push(frame(0, 2));
    server.socket.push(frame(0, 1));
    server.socket.push(frame(2, 3));
    expect(seen.map((e) => e.seq)).toEqual([1, 2, 3]);
    expect(texts()).toEqual(['t1', 't2', 't3']);
    expect(opens()).toHaveLength(1);
  });

  it('without events, or with unknown ones, move the cursor', async () => {
    await open();
    server.socket.push(frame(0, 5, []));
    server.socket.push(frame(5, 6, [{ seq: 6, at, type: 'new.kind' }]));
    server.socket.push(frame(6, 7));
    expect(texts()).toEqual(['t7']);
    expect(session.getSnapshot().cursor?.seq).toBe(0);
    await settled();
    expect(session.getSnapshot().cursor?.seq).toBe(7);
    expect(opens()).toHaveLength(1);
  });

  it('a gap opens the session again at the cursor, and nothing is shown twice', async () => {
    await open();
    server.socket.push(frame(0, 2));
    server.socket.push(frame(4, 6));
    expect(opens()).toHaveLength(2);
    expect(opens()[1]).toMatchObject({ after: { epoch: 'e1', seq: 2 } });
    server.socket.push(frame(6, 7));
    server.socket.push(frame(2, 3));
    expect(texts()).toEqual(['t1', 't2']);
    server.socket.ack(server.socket.last('session.open'), recovered(2, 7));
    server.socket.push(frame(2, 7));
    expect(seen.map((e) => e.seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('an overlap that begins before the cursor is a gap too', async () => {
    await open();
    server.socket.push(frame(0, 2));
    server.socket.push(frame(1, 3));
    expect(opens()).toHaveLength(2);
    expect(texts()).toEqual(['t1', 't2']);
  });

  it('of another epoch open the session again and bring a new view', async () => {
    await open();
    server.socket.push(frame(0, 2));
    server.socket.push(frame(2, 3, undefined, 'e2'));
    expect(opens()).toHaveLength(2);
    server.socket.ack(server.socket.last('session.open'), snapshot(1, ['fresh'], 'e2'));
    expect(texts()).toEqual(['fresh']);
    server.socket.push(frame(1, 2, undefined, 'e2'));
    expect(texts()).toEqual(['fresh', 't2']);
  });

  it('gaps without end are not asked about without pause', async () => {
    await open();
    for (let i = 0; i < 20; i++) {
      server.socket.push(frame(50, 51));
      if (session.getSnapshot().status === 'live' || opens().length > 0)
        server.socket.ack(server.socket.last('session.open'), recovered(0, 60));
    }
    expect(opens().length).toBeLessThan(5);
  });
});

describe('checks', () => {
  const asked = () => opens().at(-1)?.after;

  it('go with the cursor and come back with it', async () => {
    await open({ ...snapshot(2), snapshot: { seq: 2, check: 'c2', view: emptyViewJson } });
    await reconnect();
    expect(asked()).toEqual({ epoch: 'e1', seq: 2, check: 'c2' });
    server.socket.ack(server.socket.last('session.open'), recovered(2, 4));
    server.socket.push({ ...frame(2, 4), check: 'c4' });
    await reconnect();
    expect(asked()).toEqual({ epoch: 'e1', seq: 4, check: 'c4' });
  });

  it('of an earlier seq are not kept by a frame without one', async () => {
    await open();
    server.socket.push({ ...frame(0, 1), check: 'c1' });
    server.socket.push(frame(1, 2));
    await reconnect();
    expect(asked()).toEqual({ epoch: 'e1', seq: 2 });
  });

  it('are learned from an answer that goes on', async () => {
    await open();
    server.socket.push(frame(0, 2));
    await reconnect();
    server.socket.ack(server.socket.last('session.open'), { ...recovered(2), check: 'c2' });
    await reconnect();
    expect(asked()).toEqual({ epoch: 'e1', seq: 2, check: 'c2' });
  });

  it('that are refused bring a new view, of an earlier seq of the same epoch too', async () => {
    await open();
    server.socket.push({ ...frame(0, 5), check: 'gone' });
    await reconnect();
    server.socket.ack(server.socket.last('session.open'), { ...snapshot(3, ['fresh']), check: 'c3' });
    expect(texts()).toEqual(['fresh']);
    server.socket.push({ ...frame(3, 4), check: 'c4' });
    expect(texts()).toEqual(['fresh', 't4']);
    await settled();
    expect(session.getSnapshot().cursor).toEqual({ epoch: 'e1', seq: 4, check: 'c4' });
  });
});

describe('head', () => {
  const head = (seq: number, epoch = 'e1'): JsonObject => ({
    type: 'head',
    sessions: { s: { epoch, seq }, other: { epoch, seq: 99 } },
  });

  it('above the cursor opens again; it never moves the cursor', async () => {
    await open();
    server.socket.push(frame(0, 2));
    server.socket.push(head(2));
    server.socket.push(head(1));
    expect(opens()).toHaveLength(1);
    server.socket.push(head(3));
    expect(opens()[1]).toMatchObject({ after: { epoch: 'e1', seq: 2 } });
  });

  it('of another epoch opens again', async () => {
    await open();
    server.socket.push(head(0, 'e2'));
    expect(opens()).toHaveLength(2);
  });
});

describe('reconnecting', () => {
  it('resumes at the cursor with just what was missed', async () => {
    await open(snapshot(5, ['a']));
    server.socket.push(frame(5, 6));
    await reconnect();
    expect(session.getSnapshot().loaded).toBe(true);
    expect(texts()).toEqual(['a', 't6']);
    expect(opens()).toEqual([expect.objectContaining({ after: { epoch: 'e1', seq: 6 } })]);
    server.socket.ack(server.socket.last('session.open'), recovered(6, 8));
    server.socket.push(frame(6, 8));
    expect(seen.map((e) => e.seq)).toEqual([6, 7, 8]);
  });

  it('takes a snapshot where the cursor could not be served', async () => {
    await open();
    server.socket.push(frame(0, 2));
    await reconnect();
    server.socket.ack(server.socket.last('session.open'), snapshot(900, ['later']));
    expect(texts()).toEqual(['later']);
    server.socket.push(frame(900, 901));
    expect(texts()).toEqual(['later', 't901']);
  });

  it('sessions are opened before commands go out again', async () => {
    await open();
    void session.cancelBatch('b').catch(() => {});
    await reconnect();
    expect(server.socket.sent.map((c) => c.type)).toEqual(['session.open', 'batch.cancel']);
  });

  it('an answer of a connection that is gone is not waited for', async () => {
    server.socket.welcome();
    await reconnect();
    expect(opens()).toHaveLength(1);
    server.socket.ack(server.socket.last('session.open'), snapshot(1, ['x']));
    expect(texts()).toEqual(['x']);
  });
});

describe('messages typed here', () => {
  const outgoing = () => session.getSnapshot().outgoing.map((o) => [o.text, o.state]);

  it('are shown until the view holds them, whichever comes first', async () => {
    await open();
    const sent = session.sendMessage('hello');
    await settled();
    expect(outgoing()).toEqual([['hello', 'sending']]);
    server.socket.ack(server.socket.last('message.send'), { messageId: 'm1', replyId: 'r1', seq: 1 });
    await settled();
    expect(outgoing()).toEqual([['hello', 'sending']]);
    server.socket.push(frame(0, 1, [message(1, 'hello')]));
    await settled();
    expect(outgoing()).toEqual([]);
    await expect(sent).resolves.toMatchObject({ messageId: 'm1' });

    void session.sendMessage('again');
    server.socket.push(frame(1, 2, [message(2, 'again')]));
    await settled();
    expect(outgoing()).toEqual([]);
    server.socket.ack(server.socket.last('message.send'), { messageId: 'm2', replyId: 'r2', seq: 2 });
    await settled();
    expect(outgoing()).toEqual([]);
    expect(texts()).toEqual(['hello', 'again']);
  });

  it('are queued offline, sent on return, and failed in the end', async () => {
    await open();
    server.socket.die();
    const sent = session.sendMessage('offline');
    const failure = expect(sent).rejects.toBeInstanceOf(CommandError);
    await settled();
    expect(outgoing()).toEqual([['offline', 'queued']]);
    connection.retryNow();
    await settled();
    server.socket.welcome();
    const { id } = server.socket.last('message.send');
    await settled();
    expect(outgoing()).toEqual([['offline', 'sending']]);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(outgoing().map(([text]) => text)).toEqual(['offline']);
    if (connection.getState().status !== 'online') {
      connection.retryNow();
      await settled();
      server.socket.welcome();
    }
    server.socket.refuse(server.socket.last('message.send'), 'conflict');
    await failure;
    await settled();
    expect(outgoing()).toEqual([['offline', 'failed']]);

    const again = session.resend(String(id));
    if (connection.getState().status !== 'online') {
      connection.retryNow();
      await settled();
      server.socket.welcome();
    }
    expect(server.socket.last('message.send').id).toBe(id);
    server.socket.ack(server.socket.last('message.send'), { messageId: 'm1', replyId: 'r1', seq: 1 });
    await again;
  });

  it('outlive their page: taken over under their ids, unless they had failed or are old', async () => {
    const kept = (id: string, state: 'sending' | 'failed', ageMs = 0) => ({
      ...{ id, text: id, options: {}, at: Date.now() - ageMs, state },
    });
    await open();
    session.restoreMessages([kept('waits', 'sending'), kept('failed', 'failed'), kept('old', 'sending', 90_000_000)]);
    session.restoreMessages([kept('waits', 'sending')]);
    await settled();
    expect(server.socket.commands('message.send').map((c) => c.id)).toEqual(['waits']);
    expect(session.unsettledMessages().map((m) => [m.id, m.state])).toEqual([
      ['waits', 'sending'],
      ['failed', 'failed'],
      ['old', 'failed'],
    ]);
    server.socket.ack(server.socket.last('message.send'), { messageId: 'm1', replyId: 'm2', seq: 1 });
    await settled();
    expect(session.unsettledMessages().map((m) => m.id)).toEqual(['failed', 'old']);
    session.resend('old').catch(() => {});
    expect(server.socket.last('message.send').id).toBe('old');
  });

  it('can be discarded once they have failed', async () => {
    await open();
    const sent = session.sendMessage('bad');
    server.socket.refuse(server.socket.last('message.send'), 'too_large');
    await expect(sent).rejects.toMatchObject({ code: 'too_large' });
    await settled();
    const [failed] = session.getSnapshot().outgoing;
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'too_large' } });
    session.discard(failed?.id ?? '');
    await settled();
    expect(outgoing()).toEqual([]);
    await expect(session.resend('unknown')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('listeners', () => {
  it('are told once for many frames, with a snapshot that stays the same in between', async () => {
    await open();
    await settled();
    let told = 0;
    const before = session.getSnapshot();
    const stop = session.subscribe(() => told++);
    for (let i = 0; i < 50; i++) server.socket.push(frame(i, i + 1));
    expect(session.getSnapshot()).toBe(before);
    expect(session.view.messages).toHaveLength(50);
    await settled();
    expect(told).toBe(1);
    expect(session.getSnapshot().view).toBe(session.view);
    stop();
    server.socket.push(frame(50, 51));
    await settled();
    expect(told).toBe(1);
  });

  it('hear of typing', async () => {
    await open();
    const from: string[] = [];
    session.onSignal((signal) => from.push(`${signal.from} ${signal.kind} ${signal.data.active}`));
    server.socket.push({ type: 'signal', session: 's', kind: 'typing', from: 'bob', active: true });
    expect(from).toEqual(['bob typing true']);
  });
});

describe('a deleted session', () => {
  it('is emptied, told and not opened again until somebody acquires it anew', async () => {
    await open(snapshot(3, ['hello']));
    server.socket.push({ type: 'signal', session: 's', kind: 'deleted', from: 'bob' });
    await settled();
    expect(session.getSnapshot()).toMatchObject({ status: 'deleted', view: emptyViewJson });
    expect(session.getSnapshot().cursor).toBeUndefined();

    await reconnect();
    server.socket.push({ type: 'head', sessions: { s: { epoch: 'e1', seq: 9 } } });
    await settled();
    expect(session.getSnapshot().status).toBe('deleted');
    expect(opens()).toHaveLength(0);

    release();
    await vi.advanceTimersByTimeAsync(1_001);
    release = session.acquire();
    expect(server.socket.last('session.open')).not.toHaveProperty('after');
  });
});

describe('commands', () => {
  it('carry their session and fields', async () => {
    await open();
    const run = session.runTools([{ tool: 'shell', arguments: { command: 'ls' } }], { maxParallel: 2 });
    expect(server.socket.last('tools.run')).toMatchObject({ session: 's', calls: [{ tool: 'shell' }], maxParallel: 2 });
    server.socket.ack(server.socket.last('tools.run'), { batchId: 'b', executionIds: ['x'], seq: 1 });
    await expect(run).resolves.toEqual({ batchId: 'b', executionIds: ['x'], seq: 1 });

    void session.denyTool('x', 'no').catch(() => {});
    expect(server.socket.last('tool.deny')).toMatchObject({ executionId: 'x', reason: 'no' });
    void session.cancelTool('x').catch(() => {});
    expect(server.socket.last('tool.cancel')).not.toHaveProperty('reason');

    void session.endInput('y');
    expect(server.socket.last('tool.input')).toMatchObject({ executionId: 'y', end: true });

    const details = session.toolDetails('x');
    const execution = {
      batchId: 'b',
      callId: 'c',
      index: 0,
      name: 'shell',
      arguments: {},
      state: 'completed',
      attempt: 1,
      output: {},
    };
    server.socket.ack(server.socket.last('tool.details'), execution);
    await expect(details).resolves.toEqual(execution);
  });

  it('sends what is typed into one execution in order, one part after the other', async () => {
    await open();
    const first = session.inputTool('x', 'one');
    const second = session.inputTool('x', 'two');
    await settled();
    expect(server.socket.commands('tool.input')).toHaveLength(1);

    server.socket.ack(server.socket.last('tool.input'), {});
    await first;
    await settled();
    expect(server.socket.last('tool.input')).toMatchObject({ executionId: 'x', data: 'two' });
    server.socket.ack(server.socket.last('tool.input'), {});
    await second;
  });
});
