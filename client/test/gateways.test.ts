import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { gatewayAddress, gatewayName } from '../src/connection/gateways.ts';
import { Connection, type ConnectionOptions, closeCodes } from '../src/index.ts';
import { FakeServer } from './fakeServer.ts';

const [a, b, c] = ['http://a:1', 'http://b:2', 'http://c:3'] as const;
const ws = (name: string) => `${name.replace('http', 'ws')}/v1/ws`;
/** More than any wait before a try at another gateway. */
const soon = 100;
/** Long enough for a connection to count as held. */
const stable = 5_000;

let server: FakeServer;
let connection: Connection;
let drawn: number;

function connect(options: Partial<ConnectionOptions> = {}): void {
  connection = new Connection({
    url: ws(a),
    webSocket: server.webSocket,
    backoff: { random: () => drawn },
    onProblem: () => {},
    ...options,
  });
  connection.connect();
}

const tick = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const tried = () => server.sockets.map((socket) => gatewayName(socket.url));
const state = () => connection.getState();

/** Lets the newest socket in; it names gateways. */
async function welcome(gateways: readonly string[] = [a, b, c]): Promise<void> {
  await tick();
  server.socket.welcome(25_000, { gateways });
}

/** The newest socket dies; the next try is waited for. */
async function lose(code = 1006): Promise<number> {
  server.socket.die(code);
  const current = state();
  const wait = current.status === 'offline' ? current.retryAt - Date.now() : -1;
  await tick(wait);
  return wait;
}

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  drawn = 0.5;
});
afterEach(() => {
  connection.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a gateway that is gone', () => {
  it('is followed by another one at once, and says so', async () => {
    connect();
    await welcome([a, b]);
    expect(state()).toMatchObject({ status: 'online', gateway: a });
    server.socket.die();
    expect(state()).toMatchObject({ status: 'offline', gateway: b });
    await tick(soon);
    await welcome([b]);
    expect(tried()).toEqual([a, b]);
    expect(state()).toMatchObject({ status: 'online', gateway: b });
    expect(connection.address).toBe(ws(b));
  });

  it.each([
    [0, c],
    [0.99, b],
  ])('sends its clients to any of the others (%f)', async (random, next) => {
    drawn = random;
    connect();
    await welcome();
    await lose();
    expect(tried()).toEqual([a, next]);
  });

  it('is waited for, among all, once every other has failed, too', async () => {
    connect();
    await welcome();
    const waits = [await lose(), await lose(), await lose(), await lose(), await lose()];
    expect(waits).toEqual([50, 50, 125, 250, 500]);
    expect(new Set(tried().slice(0, 3))).toEqual(new Set([a, b, c]));
    expect(tried()[3]).not.toBe(tried()[2]);
    expect(new Set(tried().slice(2, 5)).size).toBeGreaterThan(1);
  });

  it('may come back: the address of the user is tried although nobody names it', async () => {
    connect();
    await welcome([b]);
    await lose();
    await welcome([b]);
    expect(tried()).toEqual([a, b]);
    await tick(stable);
    await lose();
    expect(tried()).toEqual([a, b, a]);
  });

  it('that lets in and drops again and again is not changed for others without a wait', async () => {
    connect();
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      await welcome([a, b]);
      waits.push(await lose());
    }
    expect(waits).toEqual([50, 125, 250, 500]);
    await welcome([a, b]);
    await tick(stable);
    expect(await lose()).toBe(50);
  });

  it('is left when it advises to', async () => {
    connect();
    await welcome([a, b]);
    server.socket.push({ type: 'closing', reason: 'going away', reconnectAfterMs: 400 });
    server.socket.die(closeCodes.goingAway);
    await tick(399);
    expect(tried()).toEqual([a]);
    await tick(1 + 125);
    expect(tried()).toEqual([a, b]);
  });

  it('takes its sessions along, at their cursors, and commands under their ids', async () => {
    connect();
    const session = connection.session('s');
    session.acquire();
    await welcome([a, b]);
    const first = server.socket;
    first.ack(first.last('session.open'), {
      epoch: 'e',
      head: 4,
      after: 4,
      recovered: false,
      snapshot: { seq: 4, view: {} },
    });
    void session.cancelBatch('x').catch(() => {});
    await lose();
    await welcome([b]);
    expect(server.socket.sent.map((command) => command.type)).toEqual(['session.open', 'batch.cancel']);
    expect(server.socket.last('session.open')).toMatchObject({ after: { epoch: 'e', seq: 4 } });
    expect(server.socket.last('batch.cancel').id).toBe(first.last('batch.cancel').id);
  });

  it('is not asked over HTTP any more', async () => {
    const asked: [string, RequestInit | undefined][] = [];
    connect({
      fetch: async (url, init) => {
        asked.push([String(url), init]);
        return Response.json({ messages: [], more: false });
      },
    });
    await welcome([a, b]);
    await lose();
    await welcome([b]);
    await connection.session('s').readMessages();
    await connection.fetch('/v1/tools');
    expect(asked.map(([url]) => url)).toEqual([`${b}/v1/sessions/s/messages`, `${b}/v1/tools`]);
    expect(asked[0]?.[1]).toMatchObject({ credentials: 'include' });
  });
});

describe('what others there are', () => {
  it('is learned anew at each gateway, and from heads', async () => {
    connect();
    await welcome([a, b]);
    server.socket.push({ type: 'head', sessions: {}, gateways: [a, c] });
    server.socket.push({ type: 'head', sessions: {} });
    await lose();
    expect(tried()).toEqual([a, c]);
    await welcome([c]);
    await lose();
    await lose();
    expect(tried()).toEqual([a, c, a, c]);
  });

  it('is nothing where that is not wanted', async () => {
    connect({ gateways: false });
    await welcome();
    expect(await lose()).toBe(125);
    expect(tried()).toEqual([a, a]);
  });

  it('is a list where one is given, whatever the gateway says', async () => {
    connect({ gateways: [b] });
    await tick();
    await lose();
    await welcome([c]);
    await tick(stable);
    await lose();
    expect(tried()).toEqual([a, b, a]);
  });

  it('may be nonsense', async () => {
    connect();
    await welcome(['', 'nowhere', 'ftp://x', 'http://me:secret@x:1', 'javascript:alert(1)', 7 as unknown as string]);
    expect(await lose()).toBe(125);
    expect(tried()).toEqual([a, a]);
    await tick();
    server.socket.welcome(25_000, { gateways: 'all' });
    expect(state().status).toBe('online');
  });
});

describe('a gateway that refuses', () => {
  it('on another host, for want of a cookie, is left out; the user is not signed out', async () => {
    connect();
    await welcome([a, b]);
    await lose();
    await tick();
    server.socket.die(closeCodes.unauthenticated);
    expect(state()).toMatchObject({ status: 'offline', gateway: a });
    await tick(250);
    await lose();
    expect(tried()).toEqual([a, b, a, a]);
  });

  it.each([
    ['on the same host', {}, 'http://a:2', closeCodes.unauthenticated],
    ['a token', { token: 'x' }, b, closeCodes.unauthenticated],
    ['for good', {}, b, closeCodes.forbidden],
  ])('%s, is believed', async (_, options, other, code) => {
    connect(options);
    await welcome([a, other]);
    await lose();
    await tick();
    server.socket.die(code);
    expect(state()).toMatchObject({ status: 'closed', code });
  });
});

describe('addresses', () => {
  it.each([
    ['http://b:2', 'ws://a:1/v1/ws', 'ws://b:2/v1/ws'],
    ['https://b', 'ws://a/v1/ws', 'wss://b/v1/ws'],
    ['https://b', 'wss://a/v1/ws?x=1', 'wss://b/v1/ws?x=1'],
    ['wss://b/', 'wss://a/v1/ws', 'wss://b/v1/ws'],
    ['http://b', 'wss://a/v1/ws', undefined],
    ['ws://b', 'wss://a/v1/ws', undefined],
    ['http://[::1]:8080', 'ws://a/v1/ws', 'ws://[::1]:8080/v1/ws'],
    ['https://me:secret@b', 'ws://a/v1/ws', undefined],
    ['b', 'ws://a/v1/ws', undefined],
    ['http://b', '/v1/ws', undefined],
  ])('%s from %s is %s', (name, url, expected) => {
    expect(gatewayAddress(name, url)).toBe(expected);
  });

  it('on a page of https: are none of ws:', () => {
    vi.stubGlobal('location', { protocol: 'https:' });
    connect();
    expect(gatewayAddress('http://b', 'ws://localhost:1/v1/ws')).toBeUndefined();
    expect(gatewayAddress('https://b', 'ws://localhost:1/v1/ws')).toBe('wss://b/v1/ws');
  });
});
