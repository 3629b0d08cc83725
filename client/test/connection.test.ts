import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CommandError, Connection, type ConnectionOptions, closeCodes } from '../src/index.ts';
import { FakeServer } from './fakeServer.ts';

let server: FakeServer;
let connection: Connection;
const problems: string[] = [];

function connect(options: Partial<ConnectionOptions> = {}): void {
  connection = new Connection({
    url: 'ws://host/v1/ws',
    webSocket: server.webSocket,
    backoff: { random: () => 0.5 },
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  connection.connect();
}

/** What a command came to, without waiting. */
function outcome(promise: Promise<unknown>): { value?: unknown } {
  const seen: { value?: unknown } = {};
  promise.then(
    (value) => Object.assign(seen, { value }),
    (error: unknown) => Object.assign(seen, { value: error instanceof CommandError ? error.code : error }),
  );
  return seen;
}

const settled = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  problems.length = 0;
});
afterEach(() => {
  connection.close();
  vi.useRealTimers();
});

describe('states', () => {
  it('goes from connecting to online with welcome, and to closed when closed', async () => {
    connect();
    const states: string[] = [];
    connection.subscribe(() => states.push(connection.getState().status));
    await settled();
    expect(connection.getState().status).toBe('connecting');
    server.socket.welcome(25_000, { scopes: ['tools:run'] });
    expect(connection.getState()).toMatchObject({ status: 'online', connectionId: 'k1', tenant: 'dev', subject: 'me' });
    expect(connection.getState()).toHaveProperty('scopes', ['tools:run']);
    connection.close();
    expect(states).toEqual(['online', 'closed']);
    expect(server.socket.closedWith).toBe(1000);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.sockets).toHaveLength(1);
  });

  it('offers the subprotocol, and a token as a second entry', async () => {
    connect();
    await settled();
    expect(server.socket.protocols).toEqual(['toolruntime.v1']);
    connection.close();
    connect({ token: async () => 'a?b>ü' });
    await settled();
    expect(server.socket.protocols).toEqual(['toolruntime.v1', 'bearer.YT9iPsO8']);
    expect(server.socket.url).toBe('ws://host/v1/ws');
  });

  it('a token that cannot be had is a failed try', async () => {
    connect({ token: () => Promise.reject(new Error('no token')) });
    await settled();
    expect(connection.getState()).toMatchObject({ status: 'offline', reason: 'no token' });
  });

  it('gives up a server that says nothing', async () => {
    connect();
    await vi.advanceTimersByTimeAsync(9_999);
    expect(connection.getState().status).toBe('connecting');
    await vi.advanceTimersByTimeAsync(1);
    expect(connection.getState().status).toBe('offline');
  });
});

describe('reconnecting', () => {
  it('waits longer after each failure, up to the cap, with full jitter', async () => {
    connect();
    await settled();
    const waits: number[] = [];
    for (let i = 0; i < 9; i++) {
      server.socket.die();
      const state = connection.getState();
      waits.push(state.status === 'offline' ? state.retryAt - Date.now() : -1);
      await vi.advanceTimersByTimeAsync(waits.at(-1) ?? 0);
    }
    expect(waits).toEqual([125, 250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
    expect(server.sockets).toHaveLength(10);
  });

  it('begins small again only after a connection has held', async () => {
    connect();
    await settled();
    const dropped = async () => {
      server.socket.die();
      const state = connection.getState();
      const wait = state.status === 'offline' ? state.retryAt - Date.now() : -1;
      await vi.advanceTimersByTimeAsync(wait);
      return wait;
    };
    await dropped();
    server.socket.welcome();
    expect(await dropped()).toBe(250);
    server.socket.welcome();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await dropped()).toBe(125);
  });

  it('honours what the server advised', async () => {
    connect();
    await settled();
    server.socket.welcome();
    server.socket.push({ type: 'closing', reason: 'restart', reconnectAfterMs: 3_000 });
    server.socket.die(closeCodes.goingAway);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(server.sockets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(250);
    expect(server.sockets).toHaveLength(2);
  });

  it.each([4000, 4001, 4008, 4029, 1006, 1012])('comes back after close code %i', async (code) => {
    connect();
    await settled();
    server.socket.welcome();
    server.socket.die(code);
    expect(connection.getState().status).toBe('offline');
    await vi.advanceTimersByTimeAsync(250);
    expect(server.sockets).toHaveLength(2);
  });

  it.each([4500, 4501, 4503, 4505, 4513, 4999])('stays away after close code %i', async (code) => {
    connect();
    await settled();
    server.socket.welcome();
    const waiting = outcome(connection.request({ type: 'ping' }));
    server.socket.die(code, 'because');
    expect(connection.getState()).toEqual({ status: 'closed', reason: 'because', code });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.sockets).toHaveLength(1);
    expect(waiting.value).toBe('unavailable');
    const later = outcome(connection.request({ type: 'ping' }));
    await settled();
    expect(later.value).toBe('unavailable');
  });

  it('can be told not to wait, and connects again after being closed', async () => {
    connect();
    await settled();
    server.socket.die();
    connection.retryNow();
    await settled();
    expect(server.sockets).toHaveLength(2);
    connection.close();
    connection.connect();
    await settled();
    expect(server.sockets).toHaveLength(3);
    server.socket.welcome();
    expect(connection.getState().status).toBe('online');
  });

  it('an old socket has no say any more', async () => {
    connect();
    await settled();
    const old = server.socket;
    old.welcome();
    await vi.advanceTimersByTimeAsync(50_000);
    expect(connection.getState().status).toBe('offline');
    connection.retryNow();
    await settled();
    server.socket.welcome();
    old.die(closeCodes.forbidden);
    old.push('not json');
    expect(connection.getState().status).toBe('online');
    expect(problems).toEqual([]);
  });
});

describe('heartbeat', () => {
  it('asks after one silent heartbeat and drops after two', async () => {
    connect();
    await settled();
    server.socket.welcome(10_000);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(server.socket.commands('ping')).toHaveLength(1);
    server.socket.ack(server.socket.last('ping'));
    await vi.advanceTimersByTimeAsync(19_999);
    expect(connection.getState().status).toBe('online');
    await vi.advanceTimersByTimeAsync(1);
    expect(connection.getState()).toMatchObject({
      status: 'offline',
      reason: 'the server has been silent for too long',
    });
    expect(server.socket.closedWith).toBe(4000);
  });

  it('any frame is a sign of life', async () => {
    connect();
    await settled();
    server.socket.welcome(10_000);
    for (let i = 0; i < 5; i++) {
      await vi.advanceTimersByTimeAsync(9_000);
      server.socket.push({ type: 'head', sessions: {} });
    }
    expect(server.socket.sent).toEqual([]);
  });
});

describe('commands', () => {
  it('answers each with its own ack or error', async () => {
    connect();
    await settled();
    server.socket.welcome();
    const first = outcome(connection.request({ type: 'batch.cancel', session: 's', batchId: 'a' }));
    const second = outcome(connection.request({ type: 'batch.cancel', session: 's', batchId: 'b' }));
    const [a, b] = server.socket.commands('batch.cancel');
    expect(a?.id).toMatch(/^[0-9a-f-]{36}$/);
    if (b) server.socket.ack(b, { seq: 2 });
    if (a) server.socket.refuse(a, 'not_found');
    await settled();
    expect([first.value, second.value]).toEqual(['not_found', { seq: 2 }]);
  });

  it('typed offline, goes out once there is a connection', async () => {
    connect();
    const sent = outcome(connection.request({ type: 'message.send', session: 's', text: 'hi' }));
    await settled();
    expect(server.socket.sent).toEqual([]);
    server.socket.welcome();
    server.socket.ack(server.socket.last('message.send'), { seq: 1 });
    await settled();
    expect(sent.value).toEqual({ seq: 1 });
  });

  it('goes out again under the same id after a reconnect, in order', async () => {
    connect();
    await settled();
    server.socket.welcome();
    for (const text of ['one', 'two', 'three'])
      void connection.request({ type: 'message.send', session: 's', text }).catch(() => {});
    const before = server.socket.commands('message.send');
    server.socket.ack(before[1] ?? {}, { seq: 1 });
    server.socket.die();
    await vi.advanceTimersByTimeAsync(125);
    server.socket.welcome();
    expect(server.socket.commands('message.send')).toEqual([before[0], before[2]]);
  });

  it('gives up after 30 s, also when it never went out', async () => {
    connect();
    await settled();
    server.socket.welcome();
    const online = outcome(connection.request({ type: 'ping' }));
    server.socket.die();
    const offline = outcome(connection.request({ type: 'ping' }, { timeoutMs: 1_000 }));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(offline.value).toBe('timeout');
    await vi.advanceTimersByTimeAsync(28_999);
    expect(online.value).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(online.value).toBe('timeout');
  });

  it('tries again after a retryable error, when the server said, under the same id', async () => {
    connect();
    await settled();
    server.socket.welcome();
    const sent = outcome(connection.request({ type: 'session.reset', session: 's' }));
    server.socket.refuse(server.socket.last('session.reset'), 'rate_limited', { retryable: true, retryAfterMs: 2_000 });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(server.socket.commands('session.reset')).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(125);
    const [first, second] = server.socket.commands('session.reset');
    expect(second).toEqual(first);
    server.socket.ack(second ?? {}, { seq: 9 });
    await settled();
    expect(sent.value).toEqual({ seq: 9 });
  });

  it('is not tried again where that was not wanted', async () => {
    connect();
    await settled();
    server.socket.welcome();
    const refused = outcome(connection.request({ type: 'ping' }, { retry: false }));
    server.socket.refuse(server.socket.last('ping'), 'unavailable', { retryable: true });
    const lost = outcome(connection.request({ type: 'ping' }, { retry: false }));
    server.socket.die();
    await settled();
    expect([refused.value, lost.value]).toEqual(['unavailable', 'unavailable']);
  });

  it('an id that is on its way is not sent twice', async () => {
    connect();
    const first = outcome(connection.request({ type: 'ping' }, { id: 'x' }));
    const second = outcome(connection.request({ type: 'ping' }, { id: 'x' }));
    await settled();
    expect([first.value, second.value]).toEqual([undefined, 'conflict']);
  });
});

describe('frames that make no sense', () => {
  it('are told of and change nothing', async () => {
    connect();
    await settled();
    server.socket.welcome();
    server.socket.push('nonsense');
    server.socket.push({ type: 'from.the.future', x: 1 });
    server.socket.push({ type: 'ack', id: 'never asked', result: {} });
    server.socket.push({ type: 'error', error: { code: 'invalid_frame', message: 'bad', retryable: false } });
    expect(connection.getState().status).toBe('online');
    expect(problems).toEqual(['frame ignored: not JSON', 'invalid_frame: bad']);
  });
});
