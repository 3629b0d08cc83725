import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { Connection, emptyView, foldEvents, type JsonObject, type SessionEvent } from '@toolruntime/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../../client/test/fakeServer.ts';
import { shortcuts } from '../src/app/shortcuts.ts';
import { Chat } from '../src/chat/Chat.tsx';
import { Markdown } from '../src/chat/markdown/Markdown.tsx';

const at = new Date().toISOString();
let server: FakeServer;
let connection: Connection;
let flushes: (() => void)[];
let seq: number;

function flush(): void {
  act(() => {
    for (const each of flushes.splice(0)) each();
  });
}

function push(...events: JsonObject[]): void {
  const numbered = events.map((event, i) => ({ seq: seq + i + 1, at, ...event }));
  server.socket.push({
    type: 'events',
    session: 's',
    epoch: 'e',
    after: seq,
    seq: seq + events.length,
    events: numbered,
  });
  seq += events.length;
  flush();
}

async function open(before: SessionEvent[] = []): Promise<void> {
  const view = foldEvents(emptyView, before) as unknown as JsonObject;
  seq = before.length;
  render(<Chat connection={connection} sessionId="s" />);
  await act(async () => connection.connect());
  act(() => server.socket.welcome());
  const command = server.socket.last('session.open');
  server.socket.ack(command, { epoch: 'e', head: seq, after: seq, recovered: false, snapshot: { seq, view } });
  flush();
}

const tool = (n: number, name: string, args: JsonObject) => ({
  executionId: `x${n}`,
  callId: `c${n}`,
  index: n,
  name,
  arguments: args,
});
const started: JsonObject[] = [
  { type: 'message.created', messageId: 'm1', role: 'user', text: 'do it', by: 'me', title: 'do it' },
  { type: 'conversation.state', messageId: 'm2', to: 'queued' },
  { type: 'conversation.state', messageId: 'm2', from: 'queued', to: 'paused_for_tools' },
  {
    type: 'batch.started',
    messageId: 'm2',
    batchId: 'b',
    total: 2,
    tools: [tool(1, 'shell', { command: 'ls' }), tool(2, 'computer', {})],
  },
  { type: 'tool.started', batchId: 'b', executionId: 'x1', attempt: 1 },
];

beforeEach(() => {
  localStorage.clear();
  vi.stubGlobal('fetch', () => Promise.reject(new Error('no server')));
  server = new FakeServer();
  flushes = [];
  connection = new Connection({ url: 'ws://h/v1/ws', webSocket: server.webSocket });
  connection.session('s', { schedule: (each) => flushes.push(each) });
});
afterEach(() => {
  vi.unstubAllGlobals();
  cleanup();
  connection.close();
});

describe('composer', () => {
  it('Enter sends, Shift+Enter does not, and what was sent is shown at once', async () => {
    await open();
    expect(screen.getByTestId('welcome')).toBeTruthy();
    const field = screen.getByTestId('composer');
    fireEvent.change(field, { target: { value: 'line 1\nline 2' } });
    fireEvent.keyDown(field, { key: 'Enter', shiftKey: true });
    expect(server.socket.commands('message.send')).toEqual([]);
    fireEvent.keyDown(field, { key: 'Enter' });
    expect(server.socket.last('message.send')).toMatchObject({ session: 's', text: 'line 1\nline 2' });
    flush();
    expect(screen.getByTestId('outgoing-message').dataset.state).toBe('sending');
    expect((field as HTMLTextAreaElement).value).toBe('');
  });

  it('nothing but space is not sent', async () => {
    await open();
    fireEvent.change(screen.getByTestId('composer'), { target: { value: ' \n ' } });
    expect((screen.getByTestId('send') as HTMLButtonElement).disabled).toBe(true);
    fireEvent.keyDown(screen.getByTestId('composer'), { key: 'Enter' });
    expect(server.socket.commands('message.send')).toEqual([]);
  });

  it('a failed message can be sent again under its id', async () => {
    await open();
    fireEvent.change(screen.getByTestId('composer'), { target: { value: 'x' } });
    fireEvent.click(screen.getByTestId('send'));
    const first = server.socket.last('message.send');
    await act(async () => server.socket.refuse(first, 'quota_exceeded'));
    flush();
    expect(screen.getByTestId('outgoing-message').dataset.state).toBe('failed');
    fireEvent.click(screen.getByTestId('outgoing-retry'));
    expect(server.socket.commands('message.send').map((c) => c.id)).toEqual([first.id, first.id]);
  });
});

describe('a reply', () => {
  const thinks = (text: string, round: number, offset = 0) => ({
    ...{ type: 'message.reasoning', messageId: 'm2', round, attempt: 1, offset, text },
  });

  it('shows what its model thinks, folded, above the text and below the tools that came before', async () => {
    await open();
    push(
      { type: 'conversation.state', messageId: 'm2', to: 'queued' },
      { type: 'conversation.state', messageId: 'm2', from: 'queued', to: 'active' },
      { type: 'message.started', messageId: 'm2', model: 'a', round: 1, attempt: 1 },
      thinks('First ', 1),
      thinks('this.', 1, 6),
      { type: 'message.delta', messageId: 'm2', round: 1, attempt: 1, offset: 0, text: 'Looking.' },
    );
    const order = (first: HTMLElement, second: HTMLElement) =>
      expect(first.compareDocumentPosition(second) & Node.DOCUMENT_POSITION_FOLLOWING).not.toBe(0);
    const thought = screen.getByTestId('message-reasoning') as HTMLDetailsElement;
    expect([thought.open, thought.textContent]).toEqual([false, 'ThinkingFirst this.']);
    order(thought, screen.getByTestId('message-text'));
    push(
      { type: 'conversation.state', messageId: 'm2', from: 'active', to: 'paused_for_tools' },
      { type: 'batch.started', messageId: 'm2', batchId: 'b', total: 1, tools: [tool(1, 'shell', {})] },
      { type: 'conversation.state', messageId: 'm2', from: 'resuming', to: 'active' },
      { type: 'message.started', messageId: 'm2', model: 'a', round: 2, attempt: 1 },
    );
    expect(screen.queryByTestId('message-reasoning')).toBeNull();
    push(thinks('Then that.', 2));
    order(screen.getByTestId('tool-card'), screen.getByTestId('message-reasoning'));
  });
});

describe('tools', () => {
  it('show state, output, error and the batch around them', async () => {
    await open();
    push(...started);
    const cards = screen.getAllByTestId('tool-card');
    expect(cards.map((c) => [c.dataset.executionId, c.dataset.tool, c.dataset.state])).toEqual([
      ['x1', 'shell', 'executing'],
      ['x2', 'computer', 'pending'],
    ]);
    push(
      {
        type: 'tool.output',
        executionId: 'x1',
        attempt: 1,
        stream: 'stdout',
        offset: 0,
        text: 'a\n\u001b[31mb\u001b[0m',
      },
      { type: 'tool.progress', executionId: 'x1', attempt: 1, stage: 'working', percent: 40 },
    );
    const [first] = cards as [HTMLElement];
    await waitFor(() => expect(within(first).getByTestId('tool-output').textContent).toBe('a\nb\n'));
    expect(within(first).getByTestId('tool-progress').dataset.percent).toBe('40');
    const error = { code: 'exit_code', message: 'Exit code 2.', retryable: false };
    push(
      { type: 'tool.failed', executionId: 'x1', attempt: 1, error, elapsedMs: 1_234 },
      { type: 'tool.started', executionId: 'x2', attempt: 1 },
      {
        type: 'tool.completed',
        executionId: 'x2',
        attempt: 1,
        summary: 'Nothing.',
        result: { ok: true },
        elapsedMs: 5,
      },
      {
        type: 'batch.completed',
        batchId: 'b',
        successful: 1,
        failed: 1,
        timedOut: 0,
        cancelled: 0,
        total: 2,
        elapsedMs: 9,
      },
    );
    expect(within(first).getByTestId('tool-error').dataset.code).toBe('exit_code');
    expect(within(first).getByTestId('tool-elapsed').textContent).toBe('1.2 s');
    expect(within(first).queryByTestId('tool-cancel')).toBeNull();
    expect(screen.getByTestId('tool-summary').textContent).toBe('Nothing.');
    expect(screen.getByTestId('batch-bar').dataset.state).toBe('completed');
    expect(screen.getByTestId('batch-counts').textContent).toBe('2 tools1 done1 failed');
    expect(screen.queryByTestId('batch-cancel')).toBeNull();
  });

  it('show what the view has shortened whole when asked, also to who is to approve it', async () => {
    const command = `echo ${'x'.repeat(9_000)}; rm -r everything`;
    await open();
    push({ type: 'batch.started', batchId: 'b', total: 1, tools: [tool(1, 'shell', { command })] });
    push({ type: 'tool.approval_required', batchId: 'b', executionId: 'x1', name: 'shell', arguments: { command } });
    const asked = screen.getByTestId('tool-approval');
    expect(asked.textContent).not.toContain('rm -r everything');
    fireEvent.click(within(asked).getByTestId('tool-values-whole'));
    const details = { executionId: 'x1', batchId: 'b', callId: 'c1', index: 1, name: 'shell', arguments: { command } };
    const answer = { ...details, state: 'awaiting_approval', attempt: 0, output: {} };
    await act(async () => server.socket.ack(server.socket.last('tool.details'), answer));
    expect(asked.textContent).toContain('rm -r everything');
    expect(within(asked).queryByTestId('tool-values-whole')).toBeNull();
  });

  it('are cancelled one by one, all at once, or with their message', async () => {
    await open();
    push(...started);
    fireEvent.click(screen.getByRole('button', { name: 'Cancel shell' }));
    fireEvent.click(screen.getByTestId('batch-cancel'));
    expect(server.socket.last('tool.cancel')).toMatchObject({ executionId: 'x1' });
    expect(server.socket.last('message.cancel')).toMatchObject({ messageId: 'm2' });
    push({ type: 'batch.started', batchId: 'free', total: 1, tools: [tool(7, 'computer', {})] });
    fireEvent.click(screen.getAllByTestId('batch-cancel')[1] as HTMLElement);
    expect(server.socket.last('batch.cancel')).toMatchObject({ batchId: 'free' });
  });

  it("have one Pause and one Stop, which are the whole reply's", async () => {
    await open();
    push(...started);
    expect(screen.getAllByRole('button', { name: 'Pause' })).toHaveLength(1);
    expect(screen.getAllByRole('button', { name: 'Stop' })).toHaveLength(1);
    expect(screen.getByTestId('batch-status').textContent).toBe('Running 1 of 2 tools');
  });

  it('are approved or denied with a reason', async () => {
    await open();
    push(...started, {
      type: 'tool.approval_required',
      batchId: 'b',
      executionId: 'x2',
      name: 'computer',
      arguments: {},
    });
    fireEvent.change(screen.getByLabelText('Reason (optional)'), { target: { value: 'too late' } });
    fireEvent.click(screen.getByTestId('tool-deny'));
    expect(server.socket.last('tool.deny')).toMatchObject({ executionId: 'x2', reason: 'too late' });
    fireEvent.click(screen.getByTestId('tool-approve'));
    expect(server.socket.last('tool.approve')).toMatchObject({ executionId: 'x2' });
  });

  it('that wait for a person say so in the bar, are approved all at once, by key or for good', async () => {
    await open();
    const asks = (n: number, name: string) => ({
      type: 'tool.approval_required',
      batchId: 'b',
      executionId: `x${n}`,
      name,
      arguments: {},
      deadline: new Date(Date.now() + 3_600_000).toISOString(),
    });
    push(...started.slice(0, 4), asks(1, 'shell'), asks(2, 'computer'));
    expect(screen.getByTestId('batch-status').textContent).toBe('2 need approval');
    expect(screen.getByTestId('batch-status').dataset.tone).toBe('warn');
    expect(screen.getByTestId('batch-expires').textContent).toMatch(/^expires in (59:\d\d|1:00:00)$/);
    expect(document.title).toBe('(2 to approve) do it · Tool runtime');

    fireEvent.click(screen.getByTestId('batch-approve-all'));
    expect(server.socket.commands('tool.approve').map((c) => c.executionId)).toEqual(['x1', 'x2']);
    const [first, second] = screen.getAllByTestId('tool-approve') as [HTMLElement, HTMLElement];
    fireEvent.keyDown(second, { key: 'a' });
    expect(server.socket.last('tool.approve')).toMatchObject({ executionId: 'x2' });
    fireEvent.keyDown(first, { key: 'd' });
    expect(server.socket.last('tool.deny')).toMatchObject({ executionId: 'x1' });
    fireEvent.keyDown(screen.getAllByLabelText('Reason (optional)')[0] as HTMLElement, { key: 'd' });
    expect(server.socket.commands('tool.deny')).toHaveLength(1);
    fireEvent.keyDown(first, { key: 'A', shiftKey: true });
    expect(server.socket.commands('tool.approve')).toHaveLength(5);
    fireEvent.click(screen.getAllByTestId('tool-approve-always')[0] as HTMLElement);
    expect(server.socket.last('session.configure')).toMatchObject({ parameters: { approvalGranted: ['shell'] } });
    (document.activeElement as HTMLElement).blur();
    const stop = shortcuts();
    fireEvent.keyDown(document.body, { key: 'a' });
    stop();
    expect(document.activeElement).toBe(first);

    const denied = { code: 'denied', message: 'not today', retryable: false };
    push({ type: 'tool.failed', executionId: 'x1', error: denied, elapsedMs: 0 });
    expect(screen.getAllByTestId('tool-status')[0]?.textContent).toBe('Denied');
    expect(screen.getAllByTestId('tool-card')[0]?.dataset.tone).toBe('idle');
    expect(screen.getByTestId('tool-error').textContent).toBe('not today');
    expect(screen.getByTestId('batch-status').textContent).toBe('1 needs approval');
    await act(async () => {});
    expect(document.activeElement).toBe(second);
    expect(document.title).toBe('(1 to approve) do it · Tool runtime');
  });

  it('take lines of input', async () => {
    await open();
    push(...started);
    expect(screen.queryByTestId('tool-input-open')).toBeNull();
    push({
      type: 'batch.started',
      batchId: 'typed',
      total: 1,
      tools: [{ ...tool(9, 'shell', { command: 'cat' }), input: true }],
    });
    push({ type: 'tool.started', batchId: 'typed', executionId: 'x9', attempt: 1 });
    fireEvent.click(screen.getByTestId('tool-input-open'));
    fireEvent.change(screen.getByTestId('tool-input'), { target: { value: 'yes' } });
    fireEvent.click(screen.getByTestId('tool-input-send'));
    expect(server.socket.last('tool.input')).toMatchObject({ executionId: 'x9', data: 'yes\n' });
  });

  it('are paused and resumed', async () => {
    await open();
    push(...started);
    fireEvent.click(screen.getByTestId('batch-pause'));
    expect(server.socket.last('message.pause')).toMatchObject({ messageId: 'm2' });
    push({ type: 'batch.paused', batchId: 'b', by: 'me' });
    expect(screen.getByTestId('batch-bar').dataset.state).toBe('paused');
    fireEvent.click(screen.getByTestId('batch-resume'));
    expect(server.socket.last('message.resume')).toMatchObject({ messageId: 'm2' });
  });

  it('of a batch without a message are shown too', async () => {
    await open();
    push({ type: 'batch.started', batchId: 'free', total: 1, tools: [tool(7, 'computer', {})] });
    expect(screen.getByTestId('batch').dataset.batchId).toBe('free');
  });
});

describe('replies', () => {
  it('stand above and below the tools they called', async () => {
    await open();
    push(
      ...started.slice(0, 2),
      { type: 'message.started', messageId: 'm2', round: 1, attempt: 1 },
      { type: 'message.delta', messageId: 'm2', round: 1, attempt: 1, offset: 0, text: 'Före ' },
      ...started.slice(3),
      { type: 'message.started', messageId: 'm2', round: 2, attempt: 1 },
      { type: 'message.delta', messageId: 'm2', round: 2, attempt: 1, offset: 0, text: '**efter**' },
    );
    const reply = screen.getAllByTestId('message')[1] as HTMLElement;
    expect(
      within(reply)
        .getAllByTestId('message-text')
        .map((t) => t.textContent),
    ).toEqual(['Före ', 'efter']);
    expect(reply.querySelector('strong')?.textContent).toBe('efter');
  });

  it('that failed can be retried', async () => {
    await open();
    const error = { code: 'model_error', message: 'Overloaded.', retryable: true };
    push(
      ...started.slice(0, 2),
      { type: 'message.failed', messageId: 'm2', error },
      { type: 'conversation.state', messageId: 'm2', from: 'active', to: 'error', recoverable: true },
    );
    expect(screen.getByTestId('message-error').textContent).toBe('Overloaded.');
    fireEvent.click(screen.getByTestId('message-retry'));
    expect(server.socket.last('message.retry')).toMatchObject({ messageId: 'm2' });
  });
});

describe('a refused session', () => {
  it('says why', async () => {
    render(<Chat connection={connection} sessionId="s" />);
    await act(async () => connection.connect());
    act(() => server.socket.welcome());
    server.socket.refuse(server.socket.last('session.open'), 'forbidden');
    flush();
    expect(screen.getByTestId('session-refused').dataset.code).toBe('forbidden');
  });
});

describe('Markdown', () => {
  it('is drawn as elements and never as HTML', () => {
    const text =
      '# Title\n\n<img src=x onerror=alert(1)>\n\n[bad](javascript:alert(1)) [good](https://a.b) `a < b`\n\n| a |\n|---|\n| `b` |\n\n- one\n  - two\n\n```js\nconst x = 1 < 2;\n```\n\n![pic](https://a.b/c.png)';
    const { container } = render(<Markdown text={text} />);
    expect(container.querySelector('img')).toBeNull();
    expect([...container.querySelectorAll('a')].map((a) => a.getAttribute('href'))).toEqual([
      'https://a.b',
      'https://a.b/c.png',
    ]);
    expect(container.querySelector('h3')?.textContent).toBe('Title');
    expect(container.querySelector('p code')?.textContent).toBe('a < b');
    expect(container.querySelector('pre')?.textContent).toBe('const x = 1 < 2;');
    expect(container.querySelector('td code')?.textContent).toBe('b');
    expect(container.querySelectorAll('li')).toHaveLength(2);
  });
});
