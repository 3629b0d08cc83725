import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { Connection, type JsonObject } from '@toolruntime/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeServer } from '../../client/test/fakeServer.ts';
import { StillWorking } from '../src/tools/StillWorking.tsx';
import { Notices } from '../src/ui/Notices.tsx';

let server: FakeServer;
let connection: Connection;

const at = new Date().toISOString();
const notice = (id: string, more: JsonObject = {}): JsonObject => ({
  type: 'notice',
  ttlMs: 60_000,
  notice: { id, to: { user: 'me' }, text: `text of ${id}`, level: 'info', at, expiresAt: at, ...more },
});
const push = (frame: JsonObject) => act(() => server.socket.push(frame));
const shown = () => screen.queryAllByTestId('told-notice').map((each) => each.dataset.noticeId);

beforeEach(async () => {
  server = new FakeServer();
  connection = new Connection({ url: 'ws://h/v1/ws', webSocket: server.webSocket });
  await act(async () => connection.connect());
  act(() => server.socket.welcome());
});
afterEach(() => {
  cleanup();
  connection.close();
});

describe('notices', () => {
  it('are told by how urgent they are, and only to the session that they are for', () => {
    render(<Notices connection={connection} sessionId="s1" />);
    push(notice('1'));
    push(notice('2', { level: 'error', from: 'ops' }));
    push(notice('3', { to: { session: 's1' } }));
    push(notice('4', { to: { session: 's2' } }));
    expect(screen.getByTestId('urgent-notices').textContent).toContain('Problem: text of 2');
    expect(screen.getByTestId('urgent-notices').getAttribute('role')).toBe('alert');
    expect(screen.getByTestId('other-notices').getAttribute('role')).toBe('status');
    expect(shown()).toEqual(['2', '1', '3']);
  });

  it('go when they are dismissed, here or elsewhere', () => {
    render(<Notices connection={connection} sessionId={undefined} />);
    push(notice('1'));
    push(notice('2'));
    fireEvent.click(screen.getByRole('button', { name: 'Dismiss: text of 1' }));
    expect(server.socket.last('notices.dismiss').noticeId).toBe('1');
    expect(shown()).toEqual(['2']);
    push({ type: 'notices.gone', ids: ['2'] });
    expect(shown()).toEqual([]);
  });
});

describe('a tool that tells nothing', () => {
  it('is said to be still working until it tells something', async () => {
    const flushes: (() => void)[] = [];
    const session = connection.session('s', { schedule: (each) => flushes.push(each) });
    const release = session.acquire();
    const view = { messages: [], batches: {}, executions: {} };
    const snapshot = { seq: 0, view };
    server.socket.ack(server.socket.last('session.open'), {
      epoch: 'e',
      head: 0,
      after: 0,
      recovered: false,
      snapshot,
    });
    render(<StillWorking session={session} executionId="x1" />);
    const event = (seq: number, more: JsonObject) =>
      act(() => {
        const events = [{ seq, at, batchId: 'b', executionId: 'x1', attempt: 1, ...more }];
        server.socket.push({ type: 'events', session: 's', epoch: 'e', after: seq - 1, seq, events });
        for (const each of flushes.splice(0)) each();
      });
    event(1, { type: 'tool.waiting', elapsedMs: 60_000, message: 'Still running after 60 s.' });
    expect(screen.getByTestId('tool-still-working').textContent).toBe('Still running after 60 s.');
    event(2, { type: 'tool.output', stream: 'stdout', offset: 0, text: 'x' });
    expect(screen.getByTestId('tool-still-working').textContent).toBe('');
    release();
  });
});
