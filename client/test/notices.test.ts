import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Connection, decodeFrame, type JsonObject } from '../src/index.ts';
import { FakeServer } from './fakeServer.ts';

let server: FakeServer;
let connection: Connection;
const problems: string[] = [];
const settled = () => vi.advanceTimersByTimeAsync(0);

const notice = (id: string, more: JsonObject = {}): JsonObject => ({
  type: 'notice',
  ttlMs: 60_000,
  notice: {
    id,
    to: { user: 'me' },
    text: `text of ${id}`,
    level: 'info',
    at: `2026-06-01T12:00:0${id}.000Z`,
    expiresAt: '2026-06-02T12:00:00.000Z',
    ...more,
  },
});
const shown = () => connection.notices.getSnapshot().map((each) => each.id);

beforeEach(async () => {
  vi.useFakeTimers();
  server = new FakeServer();
  problems.length = 0;
  connection = new Connection({
    url: 'ws://host/v1/ws',
    webSocket: server.webSocket,
    backoff: { random: () => 0.5 },
    onProblem: (problem) => problems.push(problem),
  });
  connection.connect();
  await settled();
  server.socket.welcome();
});
afterEach(() => {
  connection.close();
  vi.useRealTimers();
});

describe('notices', () => {
  it('are those that are told, the oldest first, until they are gone or expire', async () => {
    const seen: number[] = [];
    connection.notices.subscribe(() => seen.push(shown().length));
    server.socket.push(notice('2'));
    server.socket.push({ ...notice('1'), ttlMs: 120_000 });
    expect(shown()).toEqual(['1', '2']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(shown()).toEqual(['1']);
    server.socket.push({ type: 'notices.gone', ids: ['1', 'unknown'] });
    expect(shown()).toEqual([]);
    expect(seen).toEqual([1, 2, 1, 0]);
  });

  it('that are dismissed are gone at once, and are back where the server would not', async () => {
    server.socket.push(notice('1'));
    const dismissed = connection.notices.dismiss('1');
    expect(shown()).toEqual([]);
    server.socket.ack(server.socket.last('notices.dismiss'));
    await dismissed;
    server.socket.push(notice('2'));
    const refused = connection.notices.dismiss('2').catch((error: Error) => error.message);
    server.socket.refuse(server.socket.last('notices.dismiss'), 'forbidden');
    expect(await refused).toBe('forbidden');
    expect(shown()).toEqual(['2']);
  });

  it('stay over a reconnect if they are told again, and go otherwise', async () => {
    server.socket.push(notice('1'));
    server.socket.push(notice('2'));
    server.socket.die();
    await vi.advanceTimersByTimeAsync(5_000);
    server.socket.welcome();
    expect(shown()).toEqual(['1', '2']);
    server.socket.push(notice('2'));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(shown()).toEqual(['2']);
  });

  it('of another user are not kept', async () => {
    server.socket.push(notice('1'));
    server.socket.die();
    await vi.advanceTimersByTimeAsync(5_000);
    server.socket.welcome(25_000, { subject: 'other' });
    expect(shown()).toEqual([]);
  });

  it('are read strictly where it matters', () => {
    const read = (frame: JsonObject) => decodeFrame(JSON.stringify(frame));
    expect(read(notice('1', { to: { everybody: true }, level: 'odd', from: 'ops' }))).toMatchObject({
      notice: { to: { everybody: true }, level: 'odd', from: 'ops' },
    });
    expect(() => read(notice('1', { to: { nobody: true } }))).toThrow('to names nobody');
    expect(() => read(notice('1', { text: 1 }))).toThrow('text');
    server.socket.push(notice('1', { to: {} }));
    expect(problems).toHaveLength(1);
    expect(shown()).toEqual([]);
  });
});
