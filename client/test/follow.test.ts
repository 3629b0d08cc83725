import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Connection, type JsonObject, type Session } from '../src/index.ts';
import { FakeServer } from './fakeServer.ts';

let server: FakeServer;
let connection: Connection;
let followed: Session;
let release: () => void;

const at = '2026-01-02T03:04:05Z';
const execution = {
  batchId: 'b',
  callId: 'c',
  index: 0,
  name: 'shell',
  arguments: {},
  state: 'executing',
  attempt: 1,
  output: { stdout: { text: 'old ', offset: 0 } },
};
const view = { parameters: {}, members: [], messages: [], batches: {}, executions: { x1: execution } };
const snapshot = (seq: number): JsonObject => ({
  epoch: 'e1',
  head: seq,
  after: seq,
  recovered: false,
  snapshot: { seq, view },
});
const printed = (seq: number, text: string, offset: number): JsonObject => ({
  seq,
  at,
  type: 'tool.output',
  executionId: 'x1',
  batchId: 'b',
  attempt: 1,
  stream: 'stdout',
  offset,
  text,
});
const frame = (after: number, seq: number, events: JsonObject[], executionId = 'x1'): JsonObject => ({
  type: 'tool.events',
  session: 's',
  executionId,
  epoch: 'e1',
  after,
  seq,
  events,
});
const text = () => followed.view.executions.x1?.output.stdout?.text;
const settled = () => vi.advanceTimersByTimeAsync(1);

beforeEach(async () => {
  vi.useFakeTimers();
  server = new FakeServer();
  connection = new Connection({ url: 'ws://test/v1/ws', webSocket: server.webSocket });
  followed = connection.execution('s', 'x1', { schedule: (flush) => flush(), lingerMs: 0 });
  release = followed.acquire();
  connection.connect();
  await settled();
  server.socket.welcome();
  server.socket.ack(server.socket.last('tool.follow'), snapshot(5));
});

afterEach(() => {
  connection.close();
  vi.useRealTimers();
});

describe('Connection.execution', () => {
  it('is followed by two parts of a page: each is told, until it lets go', async () => {
    const again = connection.execution('s', 'x1', { schedule: (flush) => flush(), lingerMs: 0 });
    const letGo = again.acquire();
    server.socket.ack(server.socket.last('tool.follow'), snapshot(5));
    server.socket.push(frame(5, 6, [printed(6, 'new ', 4)]));
    expect([text(), again.view.executions.x1?.output.stdout?.text]).toEqual(['old new ', 'old new ']);

    letGo();
    await settled();
    expect(server.socket.commands('tool.unfollow')).toEqual([]);
    server.socket.push(frame(6, 7, [printed(7, 'newer', 8)]));
    expect([text(), again.view.executions.x1?.output.stdout?.text]).toEqual(['old new newer', 'old new ']);

    release();
    await settled();
    expect(server.socket.commands('tool.unfollow')).toHaveLength(1);
  });

  it('asks for that execution alone, and holds what it prints', () => {
    expect(server.socket.last('tool.follow')).toMatchObject({ session: 's', executionId: 'x1' });
    expect(server.socket.commands('session.open')).toEqual([]);

    server.socket.push(frame(5, 9, [printed(9, 'new', 4)]));

    expect(text()).toBe('old new');
    expect(followed.getSnapshot()).toMatchObject({ status: 'live', cursor: { epoch: 'e1', seq: 9 } });
  });

  it('keeps apart what is of another execution, and of the session', () => {
    server.socket.push(frame(5, 9, [printed(9, 'new', 4)], 'x2'));
    server.socket.push({ ...frame(5, 9, [printed(9, 'new', 4)]), type: 'events' });

    expect(text()).toBe('old ');
  });

  it('goes on at its cursor after a reconnect', async () => {
    server.socket.push(frame(5, 9, []));
    server.socket.die();
    connection.retryNow();
    await settled();
    server.socket.welcome();

    expect(server.socket.last('tool.follow')).toMatchObject({ after: { epoch: 'e1', seq: 9 } });
    server.socket.ack(server.socket.last('tool.follow'), { epoch: 'e1', head: 12, after: 9, recovered: true });
    server.socket.push(frame(9, 12, [printed(12, 'missed', 4)]));
    expect(text()).toBe('old missed');
  });

  it('lets go of it when nobody looks any more, and has its end told', async () => {
    release();
    await settled();
    expect(server.socket.last('tool.unfollow')).toMatchObject({ session: 's', executionId: 'x1' });
  });

  it('is told that its session is gone', () => {
    server.socket.push({ type: 'signal', session: 's', kind: 'deleted', from: 'me' });

    expect(followed.getSnapshot().status).toBe('deleted');
    expect(followed.view.executions).toEqual({});
  });
});
