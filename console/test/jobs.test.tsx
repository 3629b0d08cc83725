import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import type { Job } from '@toolruntime/client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { JobsView } from '../src/jobs/JobsView.tsx';
import { requestOf } from '../src/jobs/RunAsJob.tsx';

const at = (ms: number) => new Date(Date.now() + ms).toISOString();
const asked: { readonly path: string; readonly init: RequestInit | undefined }[] = [];

function job(id: string, more: Partial<Job> = {}): Job {
  const base = {
    session: 's1',
    batchId: id,
    state: 'running' as const,
    tools: ['shell'],
    total: 1,
    priority: 'default' as const,
  };
  return { ...base, jobId: `s1:${id}`, createdAt: at(-60_000), waitedMs: 0, ...more };
}

/** What the server answers from now on. */
function serve(answers: (path: string) => unknown): void {
  asked.length = 0;
  vi.stubGlobal('fetch', (url: URL | string, init?: RequestInit) => {
    const { pathname, search } = new URL(String(url), 'http://here');
    const path = `${pathname}${search}`;
    asked.push({ path, init });
    return Promise.resolve(Response.json(answers(path) ?? {}));
  });
}

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

describe('the list of jobs', () => {
  it('shows state, progress and times', async () => {
    serve(() => ({
      jobs: [
        job('b1', { percent: 40, startedAt: at(-5_000) }),
        job('b2', { state: 'scheduled', notBefore: at(90_000), priority: 'low' }),
        job('b3', { state: 'failed', error: 'exit_code', startedAt: at(-40_000), endedAt: at(-37_000) }),
      ],
    }));
    render(<JobsView />);
    const rows = await screen.findAllByTestId('job');
    expect(rows.map((row) => row.getAttribute('data-state'))).toEqual(['running', 'scheduled', 'failed']);
    expect(rows[0]?.querySelector('progress')?.value).toBe(40);
    expect(rows[1]?.textContent).toMatch(/in 1:\d\d/);
    expect(rows[1]?.textContent).toContain('low');
    expect(rows[2]?.textContent).toContain('exit_code');
    expect(rows[2]?.textContent).toContain('3.0 s');
  });

  it('asks for what the filter says', async () => {
    serve(() => ({ jobs: [] }));
    render(<JobsView />);
    await screen.findByTestId('jobs-none');
    fireEvent.click(screen.getByTestId('jobs-filter-failed'));
    await vi.waitFor(() => expect(asked.at(-1)?.path).toBe('/v1/jobs?state=failed%2Ctimed_out&limit=50'));
  });

  it('cancels, and runs again with whole arguments', async () => {
    serve((path) => {
      if (path.startsWith('/v1/jobs?'))
        return { jobs: [job('b1'), job('b2', { state: 'completed', priority: 'low' })] };
      if (path === '/v1/jobs/s1%3Ab2') {
        return {
          executions: { x1: { index: 0, name: 'shell', arguments: { command: 'l…' }, shortened: ['arguments'] } },
        };
      }
      return { name: 'shell', arguments: { command: 'ls' } };
    });
    render(<JobsView />);
    fireEvent.click(await screen.findByTestId('job-cancel'));
    await vi.waitFor(() => expect(asked.some(({ path }) => path === '/v1/jobs/s1%3Ab1/cancel')).toBe(true));
    fireEvent.click(screen.getByTestId('job-retry'));
    const sent = () =>
      asked.map(({ init }) => JSON.parse(String(init?.body ?? '{}'))).find(({ type }) => type === 'tools.run');
    await vi.waitFor(() => expect(sent()).toBeDefined());
    expect(sent()).toMatchObject({
      calls: [{ tool: 'shell', arguments: { command: 'ls' } }],
      job: { priority: 'low' },
    });
  });
});

describe('running as a job', () => {
  it('asks only for what was chosen', () => {
    expect(requestOf('default', '', '')).toEqual({});
    expect(requestOf('low', '1,5', ' https://example.org/hook ')).toEqual({
      priority: 'low',
      delayMs: 90_000,
      webhook: { url: 'https://example.org/hook' },
    });
    expect(requestOf('critical', 'soon', '')).toEqual({ priority: 'critical' });
  });
});
