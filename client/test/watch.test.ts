import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Connection, type JsonObject, type SessionsWatch } from '../src/index.ts';
import { FakeServer } from './fakeServer.ts';

let server: FakeServer;
let connection: Connection;
let watch: SessionsWatch;
const settled = () => vi.advanceTimersByTimeAsync(0);

const summary = (session: string, second: number, state = 'idle'): JsonObject => ({
  session,
  owner: 'me',
  title: `title of ${session}`,
  updatedAt: `2026-06-01T12:00:${String(second).padStart(2, '0')}.000Z`,
  lastSeq: second,
  state,
});
const frame = (more: JsonObject): JsonObject => ({ type: 'sessions', sessions: [], ...more });
const known = () => watch.getSnapshot().sessions.map((each) => `${each.session}:${each.state}`);

async function reconnect(): Promise<void> {
  server.socket.die();
  await vi.advanceTimersByTimeAsync(5_000);
  server.socket.welcome();
}

beforeEach(async () => {
  vi.useFakeTimers();
  server = new FakeServer();
  connection = new Connection({
    url: 'ws://host/v1/ws',
    webSocket: server.webSocket,
    backoff: { random: () => 0.5 },
  });
  connection.connect();
  await settled();
  server.socket.welcome();
  watch = connection.watchSessions();
});
afterEach(() => {
  connection.close();
  vi.useRealTimers();
});

describe('a watch of sessions', () => {
  it('is asked for by the first who wants it, and ended by the last', () => {
    expect(server.socket.commands('sessions.watch')).toHaveLength(0);
    const [one, two] = [watch.acquire(), watch.acquire()];
    expect(server.socket.commands('sessions.watch')).toHaveLength(1);
    one();
    one();
    expect(server.socket.commands('sessions.unwatch')).toHaveLength(0);
    two();
    expect(server.socket.commands('sessions.unwatch')).toHaveLength(1);
  });

  it('has a snapshot when all its pages have come, and then what changes', () => {
    watch.acquire();
    server.socket.ack(server.socket.last('sessions.watch'), { recovered: false });
    server.socket.push(frame({ reset: true, more: true, sessions: [summary('a', 1)] }));
    expect(watch.getSnapshot()).toEqual({ status: 'stale', sessions: [] });
    server.socket.push(frame({ cursor: 'c:1:m', next: '5:b', sessions: [summary('b', 2)] }));
    expect(watch.getSnapshot()).toMatchObject({ status: 'live', next: '5:b' });
    expect(known()).toEqual(['b:idle', 'a:idle']);
    server.socket.push(frame({ cursor: 'c:2:m', sessions: [summary('a', 3, 'tools_running')], gone: ['b'] }));
    expect(known()).toEqual(['a:tools_running']);
  });

  it('goes on after its cursor, and begins anew where it has to', async () => {
    watch.acquire();
    server.socket.push(frame({ reset: true, cursor: 'c:1:m', sessions: [summary('a', 1)] }));
    await reconnect();
    expect(watch.getSnapshot().status).toBe('stale');
    expect(known()).toEqual(['a:idle']);
    const again = server.socket.last('sessions.watch');
    expect(again.after).toBe('c:1:m');
    server.socket.ack(again, { recovered: true, cursor: 'c:1:m' });
    expect(watch.getSnapshot().status).toBe('live');
    server.socket.push(frame({ reset: true, more: true, sessions: [summary('x', 1)] }));
    await reconnect();
    expect(server.socket.last('sessions.watch').after).toBe('c:1:m');
    server.socket.push(frame({ reset: true, cursor: 'd:1:m', sessions: [summary('y', 2)] }));
    expect(known()).toEqual(['y:idle']);
  });

  it('is asked for again where it was refused for the time being, and not supported otherwise', async () => {
    watch.acquire();
    server.socket.refuse(server.socket.last('sessions.watch'), 'rate_limited', { retryable: true });
    expect(watch.getSnapshot().status).toBe('stale');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(server.socket.commands('sessions.watch')).toHaveLength(2);
    server.socket.refuse(server.socket.last('sessions.watch'), 'invalid_command');
    expect(watch.getSnapshot().status).toBe('unsupported');
  });
});
