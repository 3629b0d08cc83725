import { act, cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import type { JsonObject, ProcessInfo } from '@toolruntime/client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FakeServer } from '../../client/test/fakeServer.ts';
import { connection } from '../src/app/connection.ts';
import { ProcessesView } from '../src/processes/ProcessesView.tsx';
import { lines } from '../src/processes/table.ts';

const { server } = await vi.hoisted(async () => {
  const { FakeServer } = await import('../../client/test/fakeServer.ts');
  return { server: new FakeServer() as FakeServer };
});
vi.mock('../src/app/connection.ts', async () => {
  const { Connection } = await import('@toolruntime/client');
  const connection = new Connection({ url: 'ws://here/v1/ws', webSocket: server.webSocket });
  return { connection, ask: (path: string, init?: RequestInit) => connection.fetch(path, init) };
});

function process(pid: number, more: Partial<ProcessInfo> = {}): ProcessInfo {
  const base = {
    silo: 'a1',
    host: 'box',
    parent: 1,
    user: 'root',
    startedAt: '2026-11-28T12:00:00.000Z',
    cpuMs: 10,
    threads: 1,
  };
  const own = { id: `a1-${pid}-7`, pid, name: `p${pid}`, command: `run ${pid}`, state: 'sleeping' as const };
  return { ...base, ...own, memoryBytes: pid * 1_000, ports: [], ...more };
}

vi.mock('../src/sessions/sessions.ts', () => ({ lastSession: () => 's9' }));
vi.mock('../src/processes/StartProcess.tsx', () => ({ StartProcess: () => <p>a form</p> }));

const asked: { readonly path: string; readonly init: RequestInit | undefined }[] = [];

/** Shows the view; the feed tells these, and requests are taken. */
async function show(...frames: readonly { readonly reset?: boolean; readonly processes: readonly ProcessInfo[] }[]) {
  asked.length = 0;
  vi.stubGlobal('fetch', (url: URL | string, init?: RequestInit) => {
    asked.push({ path: new URL(String(url), 'http://here').pathname, init });
    return Promise.resolve(Response.json({}));
  });
  await act(async () => connection.connect());
  act(() => server.socket.welcome());
  render(<ProcessesView />);
  tell(...frames);
}

/** The last watch is acknowledged, and told these. */
function tell(...frames: readonly { readonly reset?: boolean; readonly processes: readonly ProcessInfo[] }[]): void {
  act(() => {
    server.socket.ack(server.socket.last('processes.watch'), { intervalMs: 1_000 });
    for (const frame of frames) server.socket.push({ type: 'processes', ...frame } as unknown as JsonObject);
  });
}

const pids = () => screen.getAllByTestId('process').map((row) => Number(row.getAttribute('data-pid')));

afterEach(() => {
  cleanup();
  connection.close();
  vi.unstubAllGlobals();
});

describe('the table of processes', () => {
  it('has children below their parents of the same host, and own tools first', () => {
    const all = [
      process(10),
      process(11, { parent: 10, cpuPercent: 90 }),
      process(11, { id: 'b2-11-7', silo: 'b2', parent: 10 }),
      process(20, { session: 's1', tool: 'shell', parent: 10 }),
    ];
    const found = lines(all, '', { column: 'cpu', down: true }, true);
    expect(found.map(({ process: { id }, depth }) => [id, depth])).toEqual([
      ['a1-20-7', 0],
      ['a1-10-7', 0],
      ['a1-11-7', 1],
      ['b2-11-7', 0],
    ]);
  });

  it('finds by all words, ports among them', () => {
    const all = [process(1, { ports: [8080] }), process(2, { user: 'ann' })];
    const find = (words: string) =>
      lines(all, words, { column: 'pid', down: false }, false).map((line) => line.process.pid);
    expect(find(':8080')).toEqual([1]);
    expect(find('RUN ann')).toEqual([2]);
    expect(find('run')).toEqual([1, 2]);
  });
});

describe('the view of processes', () => {
  it('shows what the feed tells, sorts, filters and marks who waits for input', async () => {
    await show(
      {
        reset: true,
        processes: [process(5, { cpuPercent: 1, waitsForInput: true, ports: [443] }), process(6, { cpuPercent: 50 })],
      },
      {
        processes: [process(7, { cpuPercent: 20 })],
      },
    );
    await screen.findByText('run 7');
    expect(pids()).toEqual([6, 7, 5]);
    expect(screen.getAllByTestId('process')[2]?.textContent).toContain('waits for input');
    expect(screen.getAllByTestId('process')[2]?.textContent).toContain('443');
    fireEvent.click(screen.getByTestId('processes-by-pid'));
    expect(pids()).toEqual([7, 6, 5]);
    fireEvent.click(screen.getByTestId('processes-by-pid'));
    expect(pids()).toEqual([5, 6, 7]);
    expect(screen.getByTestId('processes-by-pid').closest('th')?.getAttribute('aria-sort')).toBe('ascending');
    fireEvent.change(screen.getByTestId('processes-filter'), { target: { value: 'run 6' } });
    expect(pids()).toEqual([6]);
  });

  it('sends a signal to the process and to no other of its number', async () => {
    await show({ reset: true, processes: [process(5)] });
    const row = await screen.findByTestId('process');
    fireEvent.change(within(row).getByTestId('process-signal'), { target: { value: 'SIGTERM' } });
    const { path, init } = asked.at(-1) ?? {};
    expect([path, init?.body]).toEqual(['/v1/processes/a1-5-7/signal', '{"signal":"SIGTERM"}']);
  });

  it('attaches in the session that was shown last, where all of the hosts are', async () => {
    await show({ reset: true, processes: [process(5)] });
    expect(within(await screen.findByTestId('process')).queryByTestId('process-attach')).toBeNull();
    fireEvent.click(screen.getByTestId('processes-host'));
    tell({ reset: true, processes: [process(5)] });
    fireEvent.click(await screen.findByTestId('process-attach'));
    const { path, init } = asked.at(-1) ?? {};
    expect(path).toBe('/v1/sessions/s9/commands');
    const sent = JSON.parse(String(init?.body));
    expect([sent.type, sent.calls]).toEqual(['tools.run', [{ tool: 'attach', arguments: { pid: 5, start: 7 } }]]);
  });

  it('asks for all of the hosts only when told to, and says why it may not', async () => {
    await show({ reset: true, processes: [] });
    await screen.findByText('No process of a tool runs.');
    expect(server.socket.commands('processes.watch').map(({ host }) => host)).toEqual([false]);
    fireEvent.click(screen.getByTestId('processes-host'));
    const wanted = server.socket.last('processes.watch');
    expect(wanted.host).toBe(true);
    act(() => server.socket.refuse(wanted, 'forbidden', { message: 'The key lacks host:processes.' }));
    expect((await screen.findByTestId('processes-error')).textContent).toBe('The key lacks host:processes.');
  });
});
