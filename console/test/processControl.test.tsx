import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import type { JsonObject, ProcessInfo } from '@toolruntime/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FakeServer } from '../../client/test/fakeServer.ts';
import { connection } from '../src/app/connection.ts';
import { restart } from '../src/processes/control.ts';
import { follow, forgetAll, nothing } from '../src/processes/ended.ts';
import { ProcessesView } from '../src/processes/ProcessesView.tsx';

const { server } = await vi.hoisted(async () => {
  const { FakeServer } = await import('../../client/test/fakeServer.ts');
  return { server: new FakeServer() as FakeServer };
});
vi.mock('../src/app/connection.ts', async () => {
  const { Connection } = await import('@toolruntime/client');
  const connection = new Connection({ url: 'ws://here/v1/ws', webSocket: server.webSocket });
  return { connection, ask: (path: string, init?: RequestInit) => connection.fetch(path, init) };
});
const touched = vi.hoisted(() => [] as string[]);
vi.mock('../src/sessions/sessions.ts', () => ({
  lastSession: () => 's1',
  newSessionId: () => 'fresh',
  touch: (id: string) => touched.push(id),
  useSessions: () => [{ id: 's1', title: 'Work', at: 1 }],
}));

function process(pid: number, more: Partial<ProcessInfo> = {}): ProcessInfo {
  return {
    ...{
      id: `a1-${pid}-7`,
      silo: 'a1',
      host: 'box',
      pid,
      parent: 1,
      name: 'sleep',
      command: `sleep ${pid}`,
      user: 'root',
    },
    ...{ startedAt: '2026-11-28T12:00:00.000Z', state: 'sleeping', cpuMs: 1, memoryBytes: 1, threads: 1, ports: [] },
    ...more,
  };
}

const own = (pid: number, executionId: string, more: Partial<ProcessInfo> = {}) =>
  process(pid, { session: 's1', executionId, tool: 'shell', mayRestart: true, ...more });

const execution = (state: string, more: JsonObject = {}): JsonObject => ({
  ...{ batchId: 'b1', callId: 'c1', index: 0, name: 'shell', arguments: { command: 'sleep 5', timeoutMs: 9 } },
  ...{ state, attempt: 1, output: {}, ...more },
});

/** Answers the newest command of a type that has not been answered, once it has come. */
async function answer(type: string, result: JsonObject, about?: string): Promise<JsonObject> {
  const command = await waitFor(() => {
    const waiting = server.socket
      .commands(type)
      .find(({ id, executionId }) => !answered.has(String(id)) && (about === undefined || executionId === about));
    if (waiting === undefined) throw new Error(`no ${type}`);
    return waiting;
  });
  answered.add(String(command.id));
  await act(async () => server.socket.ack(command, result));
  return command;
}

const answered = new Set<string>();
const followed = (executionId: string, one: JsonObject) => {
  const view = { parameters: {}, members: [], messages: [], batches: {}, executions: { [executionId]: one } };
  const opened = { epoch: 'e', head: 1, after: 1, recovered: false, snapshot: { seq: 1, view } };
  return answer('tool.follow', opened, executionId);
};

const ends = (executionId: string) =>
  act(async () =>
    server.socket.push({
      ...{ type: 'tool.events', session: 's1', executionId, epoch: 'e', after: 1, seq: 2 },
      events: [
        {
          ...{ seq: 2, at: '2026-11-28T12:00:00Z', type: 'tool.cancelled', batchId: 'b1', executionId, attempt: 1 },
          ...{
            error: { code: 'cancelled', message: 'It was cancelled.', retryable: false },
            elapsedMs: 5,
            metrics: {},
          },
        },
      ],
    }),
  );

/** The feed tells of these, and of no others. */
const tell = (...processes: readonly ProcessInfo[]) =>
  act(async () => server.socket.push({ type: 'processes', reset: true, processes } as unknown as JsonObject));

async function show(...processes: readonly ProcessInfo[]): Promise<void> {
  render(<ProcessesView />);
  await answer('processes.watch', { intervalMs: 1_000 });
  await tell(...processes);
}

beforeEach(async () => {
  vi.stubGlobal('fetch', () =>
    Promise.resolve(
      Response.json({
        tools: [{ name: 'shell', parameters: { properties: { timeoutMs: { maximum: 3_600_000 } } } }],
      }),
    ),
  );
  touched.length = 0;
  await act(async () => connection.connect());
  act(() => server.socket.welcome(25_000, { scopes: ['sessions:read', 'tools:run'] }));
});

afterEach(async () => {
  await tell();
  cleanup();
  forgetAll();
  connection.close();
  vi.unstubAllGlobals();
});

describe('the restart of a tool', () => {
  it('reads the arguments, ends it, waits for its end, and runs the same again', async () => {
    await show(own(5, 'x1'));
    fireEvent.click(screen.getByTestId('process-restart'));
    await answer('tool.details', execution('executing'));
    expect((await answer('tool.cancel', { seq: 1 })).executionId).toBe('x1');
    await followed('x1', execution('executing', { ending: true }));
    expect(server.socket.commands('tools.run')).toHaveLength(0);
    expect(screen.getByTestId('process-restart').textContent).toBe('Restarting');
    await ends('x1');
    const run = await answer('tools.run', { batchId: 'b2', executionIds: ['x2'], seq: 3 });
    expect([run.session, run.calls]).toEqual([
      's1',
      [{ tool: 'shell', arguments: { command: 'sleep 5', timeoutMs: 9 } }],
    ]);
    await followed('x2', execution('executing'));
    // Its end is no news: it runs again.
    await tell(own(6, 'x2'));
    expect(screen.queryByTestId('process-ended')).toBeNull();
    expect(screen.getByTestId('process-restart').textContent).toBe('Restart');
  });

  it('says what became of it where it can’t be started again', async () => {
    const done = restart({ session: 's1', executionId: 'x3', tool: 'shell' });
    const why = expect(done).rejects.toThrow('It has ended, and was not started again: The quota is used up.');
    await answer('tool.details', execution('executing'));
    await answer('tool.cancel', { seq: 1 });
    await followed('x3', execution('executing'));
    await ends('x3');
    await waitFor(() => expect(server.socket.commands('tools.run')).toHaveLength(1));
    const message = 'The quota is used up.';
    act(() => server.socket.refuse(server.socket.last('tools.run'), 'quota_exceeded', { message }));
    await why;
  });

  it('leaves alone what can’t be read', async () => {
    const done = restart({ session: 's1', executionId: 'x4', tool: 'shell' });
    const why = expect(done).rejects.toThrow('No such execution.');
    await waitFor(() => expect(server.socket.commands('tool.details')).toHaveLength(1));
    act(() => server.socket.refuse(server.socket.last('tool.details'), 'not_found', { message: 'No such execution.' }));
    await why;
    expect(server.socket.commands('tool.cancel')).toHaveLength(0);
  });

  it('is that of the named process where it is one', async () => {
    await show(own(5, 'x5', { tool: 'named_process', named: 'web' }));
    fireEvent.click(screen.getByTestId('process-restart'));
    expect(await answer('process.restart', { seq: 1 })).toMatchObject({ session: 's1', name: 'web' });
    expect(server.socket.commands('tool.cancel')).toHaveLength(0);
    fireEvent.click(screen.getByTestId('process-stop'));
    expect(await answer('process.stop', { seq: 2 })).toMatchObject({ session: 's1', name: 'web' });
  });

  it('is not offered to who may not, and says of processes of no tool why it can’t be', async () => {
    await show(
      process(5),
      process(6, { session: 's2', executionId: 'x6', tool: 'shell' }),
      process(7, { server: true }),
    );
    expect(screen.queryByTestId('process-restart')).toBeNull();
    const [not, ...others] = screen.getAllByTestId('process-restart-not');
    expect(others).toEqual([]);
    expect(not?.title).toContain('No tool has started it');
    expect(not?.getAttribute('aria-disabled')).toBe('true');
    fireEvent.click(not as HTMLElement);
    expect(server.socket.commands('tool.details')).toHaveLength(0);
  });
});

describe('what has ended', () => {
  it('is known by the last process of its tool, until that runs again', () => {
    const told = (...all: readonly ProcessInfo[]) => ({
      status: 'live' as const,
      processes: new Map(all.map((each) => [each.id, each])),
    });
    const named = (pid: number, run: string) => own(pid, run, { named: 'web' });
    const one = follow(nothing, told(own(5, 'x1'), own(6, 'x1'), process(9), named(20, 'n1')), new Set(), 1);
    const child = follow(one, told(own(6, 'x1'), named(20, 'n1')), new Set(), 2);
    expect(child.ended).toEqual([]);
    const none = follow(child, told(), new Set(), 3);
    expect(none.ended.map(({ process: { pid }, at }) => [pid, at])).toEqual([
      [5, 3],
      [20, 3],
    ]);
    expect(follow(none, told(named(21, 'n2')), new Set(), 4).ended.map(({ process: { pid } }) => pid)).toEqual([5]);
    expect(follow(child, told(), new Set(['x1', 'n1']), 3).ended).toEqual([]);
    expect(follow(child, { status: 'stale', processes: undefined }, new Set(), 3)).toBe(child);
  });

  it('is listed with how it ended, and started again from there', async () => {
    await show(own(5, 'x7'));
    await tell();
    const error = {
      code: 'exit_code',
      message: 'The command ended with 3.',
      retryable: false,
      details: { exitCode: 3 },
    };
    await followed('x7', execution('failed', { error }));
    await waitFor(() => expect(screen.getByTestId('process-ended-how').textContent).toBe('Exit 3'));
    fireEvent.click(screen.getByTestId('process-again'));
    await answer('tool.details', execution('failed'));
    await answer('tools.run', { batchId: 'b2', executionIds: ['x8'], seq: 3 });
    expect(server.socket.commands('tool.cancel')).toHaveLength(0);
    await followed('x8', execution('executing'));
    await waitFor(() => expect(screen.queryByTestId('process-ended')).toBeNull());
  });
});

describe('starting a process', () => {
  const type = (id: string, value: string) => fireEvent.change(screen.getByTestId(id), { target: { value } });

  it('is offered to who may run tools', async () => {
    await show();
    expect(screen.getByTestId('processes-start').getAttribute('aria-haspopup')).toBe('dialog');
    cleanup();
    act(() => server.socket.welcome(25_000, { scopes: ['sessions:read'] }));
    render(<ProcessesView />);
    expect(screen.queryByTestId('processes-start')).toBeNull();
  });

  it('runs a command in the session that was used last, for as long as there is, and stays where it fails at once', async () => {
    await show();
    fireEvent.click(screen.getByTestId('processes-start'));
    await screen.findByText(/at most 60 minutes/);
    type('start-command', ' ./serve ');
    fireEvent.click(screen.getByTestId('start-do'));
    const run = await answer('tools.run', { batchId: 'b', executionIds: ['y1'], seq: 1 });
    expect([run.session, run.calls]).toEqual([
      's1',
      [{ tool: 'shell', arguments: { command: './serve', timeoutMs: 3_600_000 } }],
    ]);
    const error = { code: 'exit_code', message: 'No such program.', retryable: false };
    await followed('y1', execution('failed', { error }));
    expect((await screen.findByTestId('refusal')).textContent).toBe('No such program.');
    fireEvent.click(screen.getByTestId('start-do'));
    await answer('tools.run', { batchId: 'b', executionIds: ['y2'], seq: 1 });
    await followed('y2', execution('executing'));
    await waitFor(() => expect(screen.queryByTestId('start-dialog')).toBeNull());
    expect(touched).toEqual(['s1']);
  });

  it('asks for what a named process needs in the session’s own form', async () => {
    await show();
    fireEvent.click(screen.getByTestId('processes-start'));
    type('start-kind', 'named');
    type('start-session', 'fresh');
    fireEvent.click(screen.getByTestId('start-do'));
    fireEvent.change(await screen.findByTestId('process-name'), { target: { value: 'web' } });
    type('process-command', './serve');
    fireEvent.click(screen.getByTestId('process-add-do'));
    expect(await answer('process.put', { seq: 1 })).toMatchObject({ session: 'fresh', name: 'web', start: true });
    await waitFor(() => expect(touched).toEqual(['fresh']));
  });
});
