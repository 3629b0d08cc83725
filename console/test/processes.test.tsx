import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Process, ProcessFrame } from '../src/processes/api.ts';
import { ProcessesView } from '../src/processes/ProcessesView.tsx';
import { fold, lines } from '../src/processes/table.ts';

function process(pid: number, more: Partial<Process> = {}): Process {
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

const asked: { readonly path: string; readonly init: RequestInit | undefined }[] = [];

/** The feed tells these, and stays open; signals are taken. */
function serve(...frames: readonly ProcessFrame[]): void {
  asked.length = 0;
  vi.stubGlobal('fetch', (url: URL | string, init?: RequestInit) => {
    const { pathname, search } = new URL(String(url), 'http://here');
    asked.push({ path: `${pathname}${search}`, init });
    if (init?.method === 'POST') return Promise.resolve(Response.json({}));
    const text = frames.map((frame) => `event: processes\ndata: ${JSON.stringify(frame)}\n\n`).join('');
    const body = new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode(text)) });
    return Promise.resolve(new Response(body));
  });
}

const pids = () => screen.getAllByTestId('process').map((row) => Number(row.getAttribute('data-pid')));

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('the table of processes', () => {
  it('folds changes, what is gone and a new beginning', () => {
    const first = fold(new Map(), { reset: true, processes: [process(1), process(2)] });
    const then = fold(first, { processes: [process(2, { threads: 9 }), process(3)], gone: ['a1-1-7'] });
    expect([...then.values()].map(({ pid, threads }) => [pid, threads])).toEqual([
      [2, 9],
      [3, 1],
    ]);
    expect([...fold(then, { reset: true, processes: [process(4)] }).keys()]).toEqual(['a1-4-7']);
  });

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
    serve(
      {
        reset: true,
        processes: [process(5, { cpuPercent: 1, waitsForInput: true, ports: [443] }), process(6, { cpuPercent: 50 })],
      },
      {
        processes: [process(7, { cpuPercent: 20 })],
      },
    );
    render(<ProcessesView />);
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
    serve({ reset: true, processes: [process(5)] });
    render(<ProcessesView />);
    const row = await screen.findByTestId('process');
    fireEvent.change(within(row).getByTestId('process-signal'), { target: { value: 'SIGTERM' } });
    const { path, init } = asked.at(-1) ?? {};
    expect([path, init?.body]).toEqual(['/v1/processes/a1-5-7/signal', '{"signal":"SIGTERM"}']);
  });

  it('attaches in the session that was shown last, where all of the hosts are', async () => {
    serve({ reset: true, processes: [process(5)] });
    render(<ProcessesView />);
    expect(within(await screen.findByTestId('process')).queryByTestId('process-attach')).toBeNull();
    fireEvent.click(screen.getByTestId('processes-host'));
    fireEvent.click(await screen.findByTestId('process-attach'));
    const { path, init } = asked.at(-1) ?? {};
    expect(path).toBe('/v1/sessions/s9/commands');
    const sent = JSON.parse(String(init?.body));
    expect([sent.type, sent.calls]).toEqual(['tools.run', [{ tool: 'attach', arguments: { pid: 5, start: 7 } }]]);
  });

  it('asks for all of the hosts only when told to, and says why it may not', async () => {
    serve({ reset: true, processes: [] });
    render(<ProcessesView />);
    await screen.findByText('No process of a tool runs.');
    expect(asked.map(({ path }) => path)).toEqual(['/v1/processes']);
    vi.stubGlobal('fetch', () =>
      Promise.resolve(
        Response.json({ error: { code: 'forbidden', message: 'The key lacks host:processes.' } }, { status: 403 }),
      ),
    );
    fireEvent.click(screen.getByTestId('processes-host'));
    expect((await screen.findByTestId('processes-error')).textContent).toBe('The key lacks host:processes.');
  });
});
