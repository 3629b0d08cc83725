import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Connection, type JsonObject, type ProcessesWatch } from '../src/index.ts';
import { FakeServer } from './fakeServer.ts';

let server: FakeServer;
let connection: Connection;
let watch: ProcessesWatch;

const process = (pid: number, more: JsonObject = {}): JsonObject => ({
  id: `a1-${pid}-7`,
  silo: 'a1',
  host: 'box',
  pid,
  parent: 1,
  name: 'sleep',
  command: 'sleep 9',
  user: 'root',
  startedAt: '2026-06-01T12:00:00.000Z',
  state: 'sleeping',
  cpuMs: 10,
  memoryBytes: 1_000,
  threads: 1,
  ports: [],
  ...more,
});
const push = (more: JsonObject) => server.socket.push({ type: 'processes', processes: [], ...more });
const acknowledge = () => server.socket.ack(server.socket.last('processes.watch'), { intervalMs: 1_000 });
const known = () => [...(watch.getSnapshot().processes?.values() ?? [])].map(({ pid, threads }) => [pid, threads]);

beforeEach(async () => {
  vi.useFakeTimers();
  server = new FakeServer();
  connection = new Connection({ url: 'ws://host/v1/ws', webSocket: server.webSocket, backoff: { random: () => 0.5 } });
  connection.connect();
  await vi.advanceTimersByTimeAsync(0);
  server.socket.welcome();
  watch = connection.watchProcesses();
});
afterEach(() => {
  connection.close();
  vi.useRealTimers();
});

describe('a watch of processes', () => {
  it('tells whose run a process is, and whether it may be run again', () => {
    const release = watch.acquire();
    acknowledge();
    push({
      reset: true,
      processes: [process(5, { tool: 'named_process', named: 'web', mayRestart: true }), process(6)],
    });
    const [web, other] = [...(watch.getSnapshot().processes?.values() ?? [])];
    expect(web).toMatchObject({ named: 'web', mayRestart: true });
    expect(other).not.toHaveProperty('mayRestart');
    release();
  });

  it('is asked for by the first who wants it, and ended by the last', () => {
    expect(server.socket.commands('processes.watch')).toHaveLength(0);
    const [one, two] = [watch.acquire(), watch.acquire()];
    expect(server.socket.commands('processes.watch')).toMatchObject([{ host: false, intervalMs: 1_000 }]);
    one();
    one();
    expect(server.socket.commands('processes.unwatch')).toHaveLength(0);
    two();
    expect(server.socket.commands('processes.unwatch')).toHaveLength(1);
  });

  it('has all when all parts have come, and then what changes', () => {
    watch.acquire();
    acknowledge();
    push({ reset: true, more: true, processes: [process(1)] });
    expect(watch.getSnapshot()).toEqual({ status: 'stale', processes: undefined, silent: 0 });
    push({ processes: [process(2)], silent: 1 });
    expect(watch.getSnapshot()).toMatchObject({ status: 'live', silent: 1 });
    expect(known()).toEqual([
      [1, 1],
      [2, 1],
    ]);
    const before = watch.getSnapshot().processes;
    push({ processes: [process(2, { threads: 9 })], gone: ['a1-1-7'] });
    expect(known()).toEqual([[2, 9]]);
    expect(watch.getSnapshot().silent).toBe(0);
    expect(before?.size).toBe(2);
  });

  it('is of what the most demanding wants, and takes no frame of what was watched before for it', () => {
    watch.acquire({ intervalMs: 5_000 });
    acknowledge();
    push({ reset: true, processes: [process(1)] });
    const release = watch.acquire({ host: true, intervalMs: 250 });
    expect(server.socket.last('processes.watch')).toMatchObject({ host: true, intervalMs: 250 });
    expect(watch.getSnapshot()).toEqual({ status: 'stale', processes: undefined, silent: 0 });
    push({ processes: [process(1, { threads: 5 })] });
    expect(known()).toEqual([]);
    acknowledge();
    push({ reset: true, processes: [process(1), process(2)] });
    expect(known()).toHaveLength(2);
    release();
    expect(server.socket.last('processes.watch')).toMatchObject({ host: false, intervalMs: 5_000 });
  });

  it('begins anew after a reconnect, and keeps what it knew until then', async () => {
    watch.acquire();
    acknowledge();
    push({ reset: true, processes: [process(1)] });
    server.socket.die();
    expect(watch.getSnapshot().status).toBe('stale');
    expect(known()).toEqual([[1, 1]]);
    await vi.advanceTimersByTimeAsync(5_000);
    server.socket.welcome();
    acknowledge();
    push({ reset: true, processes: [process(3)] });
    expect(watch.getSnapshot().status).toBe('live');
    expect(known()).toEqual([[3, 1]]);
  });

  it('says why it is refused, and is asked for again where that is for the time being', async () => {
    const release = watch.acquire({ host: true });
    server.socket.refuse(server.socket.last('processes.watch'), 'rate_limited', { retryable: true });
    expect(watch.getSnapshot().status).toBe('stale');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(server.socket.commands('processes.watch')).toHaveLength(2);
    server.socket.refuse(server.socket.last('processes.watch'), 'forbidden');
    expect(watch.getSnapshot()).toMatchObject({
      status: 'refused',
      error: { code: 'forbidden', message: 'forbidden' },
    });
    release();
    watch.acquire();
    expect(watch.getSnapshot()).toEqual({ status: 'stale', processes: undefined, silent: 0 });
  });

  it('ignores a frame that is none', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    watch.acquire();
    acknowledge();
    push({ reset: true, processes: [process(1)] });
    push({ processes: [{ id: 'a1-2-7' }] });
    expect(warn).toHaveBeenCalledOnce();
    expect(known()).toEqual([[1, 1]]);
    warn.mockRestore();
  });
});
