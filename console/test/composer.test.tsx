import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { Connection, emptyView, type JsonObject, type View } from '@toolruntime/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../../client/test/fakeServer.ts';
import { Chat } from '../src/chat/Chat.tsx';
import { recall } from '../src/chat/recall.ts';
import { SessionList } from '../src/sessions/SessionList.tsx';

let server: FakeServer;
let connection: Connection;
let flushes: (() => void)[];

/** A page that has just been loaded: its own connection, with what the browser kept. */
function load(): void {
  cleanup();
  connection?.close();
  server = new FakeServer();
  flushes = [];
  connection = new Connection({ url: 'ws://h/v1/ws', webSocket: server.webSocket });
  connection.session('s', { schedule: (each) => flushes.push(each) });
  render(<Chat connection={connection} sessionId="s" />);
}

const flush = () =>
  act(() => {
    for (const each of flushes.splice(0)) each();
  });

async function open(view: View = emptyView): Promise<void> {
  await act(async () => connection.connect());
  act(() => server.socket.welcome());
  const snapshot = { seq: 1, view: view as unknown as JsonObject };
  server.socket.ack(server.socket.last('session.open'), { epoch: 'e', head: 1, after: 1, recovered: false, snapshot });
  flush();
}

const field = () => screen.getByTestId('composer') as HTMLTextAreaElement;
const said = (id: string, text: string) => ({
  ...{ id, text, role: 'user', state: 'completed' as const, at: '2026-01-01T00:00:00Z', batches: [] },
});

beforeEach(() => {
  localStorage.clear();
  vi.stubGlobal('fetch', () => Promise.reject(new Error('no server')));
  load();
});
afterEach(() => {
  cleanup();
  connection.close();
  vi.unstubAllGlobals();
});

describe('what was typed', () => {
  it('is there again after a reload', () => {
    fireEvent.change(field(), { target: { value: 'half a thought' } });
    load();
    expect(field().value).toBe('half a thought');
    fireEvent.change(field(), { target: { value: '' } });
    load();
    expect(field().value).toBe('');
    expect(Object.keys(localStorage).filter((name) => name.includes('draft'))).toEqual([]);
  });

  it('and waits to be sent goes out after a reload, as one message', async () => {
    fireEvent.change(field(), { target: { value: 'typed offline' } });
    fireEvent.click(screen.getByTestId('send'));
    flush();
    expect(screen.getByTestId('outgoing-message').dataset.state).toBe('queued');

    load();
    flush();
    expect(screen.getByTestId('outgoing-message').textContent).toContain('typed offline');
    await open();
    const [sent] = server.socket.commands('message.send') as [JsonObject];
    expect(sent).toMatchObject({ session: 's', text: 'typed offline' });

    load();
    await open();
    const again = server.socket.last('message.send');
    expect(again.id).toBe(sent.id);
    await act(async () => server.socket.ack(again, { messageId: 'm1', replyId: 'm2', seq: 2 }));
    flush();
    load();
    await open({ ...emptyView, messages: [said('m1', 'typed offline')] });
    expect(server.socket.commands('message.send')).toEqual([]);
    expect(screen.queryByTestId('outgoing-message')).toBeNull();
  });

  it('comes back with arrow-up, and can be sent again', async () => {
    await open({ ...emptyView, messages: [said('m1', 'first'), said('m2', 'second'), said('m3', 'second')] });
    for (const text of ['second', 'first', 'first']) {
      fireEvent.keyDown(field(), { key: 'ArrowUp' });
      expect(field().value).toBe(text);
    }
    fireEvent.keyDown(field(), { key: 'ArrowDown' });
    fireEvent.keyDown(field(), { key: 'ArrowDown' });
    expect(field().value).toBe('');
    expect(recall(connection.session('s'), 'something else', 'ArrowUp')).toBeUndefined();

    fireEvent.click(screen.getAllByTestId('message-edit')[0] as HTMLElement);
    fireEvent.change(screen.getByTestId('message-editor'), { target: { value: 'first, better' } });
    fireEvent.click(screen.getByTestId('message-editor-send'));
    expect(server.socket.last('message.send')).toMatchObject({ text: 'first, better' });
    expect(server.socket.commands('message.edit')).toEqual([]);
  });
});

describe('an empty session', () => {
  const welcome = async (defaultModel: string) => {
    vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ tools: [], defaultModel })));
    load();
    await open();
    await act(async () => {});
    fireEvent.click(screen.getAllByTestId('example')[0] as HTMLElement);
    return [screen.getByTestId('welcome').dataset.model, field().value];
  };

  it('offers calls where no model answers, and questions where one does', async () => {
    expect(await welcome('directive')).toEqual(['directive', expect.stringContaining('/shell ')]);
    const [model, example] = await welcome('openai');
    expect(model).toBe('openai');
    expect(example).not.toContain('/shell');
  });
});

describe('tools that have ended', () => {
  const failed = { code: 'exit_code', message: 'no', retryable: false };
  const call = (n: number, state: string, error?: JsonObject) => ({
    ...{ batchId: 'b', callId: `c${n}`, index: n, name: 'shell', arguments: { command: `echo ${n}` }, attempt: 1 },
    ...{ state, output: {}, ...(error === undefined ? {} : { error }) },
  });
  const executions = {
    x0: call(0, 'completed'),
    x1: call(1, 'failed', failed),
    x2: call(2, 'failed', { ...failed, code: 'denied' }),
    x3: call(3, 'timed_out', failed),
    x4: call(4, 'cancelled', failed),
  };
  const batch = {
    ...{ state: 'completed', total: 5, completed: 1, failed: 4, executing: 0, pending: 0 },
    ...{ startedAt: '2026-01-01T00:00:00.000Z', executions: Object.keys(executions) },
  };
  const view = { ...emptyView, batches: { b: batch }, executions } as unknown as View;
  const details = async () => {
    for (const command of server.socket.commands('tool.details')) {
      const id = String(command.executionId) as keyof typeof executions;
      await act(async () => server.socket.ack(command, executions[id] as unknown as JsonObject));
    }
  };

  it('run again one by one', async () => {
    await open(view);
    fireEvent.click(screen.getAllByTestId('tool-again')[0] as HTMLElement);
    await details();
    expect(server.socket.last('tools.run').calls).toEqual([{ tool: 'shell', arguments: { command: 'echo 0' } }]);
  });

  it('and have failed are tried again together, not what people have ended', async () => {
    await open(view);
    expect(screen.getByTestId('batch-counts').textContent).toBe('5 tools1 done2 failed1 denied1 cancelled');
    fireEvent.click(screen.getByTestId('batch-retry-failed'));
    await details();
    expect(server.socket.last('tools.run').calls).toEqual([
      { tool: 'shell', arguments: { command: 'echo 1' } },
      { tool: 'shell', arguments: { command: 'echo 3' } },
    ]);
  });
});

describe('the title', () => {
  it('is renamed for all who share the session', async () => {
    await open({ ...emptyView, title: 'first words' });
    expect(document.title).toBe('first words · Tool runtime');
    fireEvent.click(screen.getByTestId('session-rename'));
    fireEvent.change(screen.getByTestId('session-title-field'), { target: { value: ' Release notes ' } });
    fireEvent.click(screen.getByTestId('session-title-save'));
    expect(server.socket.last('session.rename')).toMatchObject({ session: 's', title: 'Release notes' });
    const event = { seq: 2, at: '2026-01-01T00:00:00Z', type: 'session.renamed', title: 'Release notes', by: 'bob' };
    server.socket.push({ type: 'events', session: 's', epoch: 'e', after: 1, seq: 2, events: [event] });
    flush();
    expect(screen.getByTestId('session-title').textContent).toBe('Release notes');
    expect(document.title).toBe('Release notes · Tool runtime');
    expect(JSON.parse(localStorage.getItem('toolruntime.sessions') ?? '[]')[0].title).toBe('Release notes');
  });

  it('stands in the list with a mark, and the list can be searched', async () => {
    const sessions = [
      { session: 'one', updatedAt: new Date().toISOString(), title: 'Build it', activity: 'failed' },
      { session: 'two', updatedAt: '2020-02-01T00:00:00.000Z', title: 'Notes' },
      { session: 'three', updatedAt: '2020-01-01T00:00:00.000Z', title: 'Long', activity: 'running' },
    ];
    vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ sessions })));
    await open();
    cleanup();
    render(<SessionList connection={connection} current="one" onChosen={() => {}} />);
    await act(async () => {});
    const item = (id: string) => document.querySelector<HTMLElement>(`[data-session-id="${id}"]`);
    expect(item('one')?.dataset.activity).toBe('failed');
    expect(item('one')?.textContent).toContain('Failed');
    expect(item('three')?.textContent).toContain('Running');
    act(() => connection.close());
    // Nobody can say what runs meanwhile.
    expect(item('three')?.textContent).toContain('Was running');
    expect(screen.getAllByRole('heading').map((h) => h.textContent)).toContain('Today');
    fireEvent.change(screen.getByTestId('session-search'), { target: { value: 'note' } });
    expect([item('one') === null, item('two')?.dataset.activity]).toEqual([true, 'idle']);
  });
});
