import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { Connection, emptyView, type JsonObject, type View } from '@toolruntime/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../../client/test/fakeServer.ts';
import { Chat } from '../src/chat/Chat.tsx';

let server: FakeServer;
let connection: Connection;
let flushes: (() => void)[];

const shell = {
  ...{ name: 'shell', description: 'Runs a command line.', needsApproval: false },
  parameters: {
    type: 'object',
    properties: {
      command: { type: 'string', minLength: 1 },
      timeoutMs: { type: 'integer', minimum: 1, maximum: 1_000 },
      sure: { type: 'boolean' },
      depth: { enum: ['basic', 'deep'] },
    },
    required: ['command'],
    additionalProperties: false,
  },
};
const computer = {
  ...{ name: 'computer', description: 'Tells of the machine.', needsApproval: true },
  parameters: { type: 'object', properties: {}, additionalProperties: false },
};
const models = [
  { name: 'directive', provider: 'directive', title: 'directive', default: true },
  { name: 'fast', provider: 'openai', title: 'gpt-mini' },
];

async function open(view: View = emptyView): Promise<void> {
  render(<Chat connection={connection} sessionId="s" />);
  await act(async () => connection.connect());
  act(() => server.socket.welcome());
  const snapshot = { seq: 1, view: view as unknown as JsonObject };
  server.socket.ack(server.socket.last('session.open'), { epoch: 'e', head: 1, after: 1, recovered: false, snapshot });
  act(() => {
    for (const each of flushes.splice(0)) each();
  });
  await act(async () => {});
}

const composer = () => screen.getByTestId('composer') as HTMLTextAreaElement;
const field = (path: string) =>
  document.querySelector<HTMLInputElement>(`[data-path="${path}"] :is(input, textarea, select)`) as HTMLInputElement;
const type = (element: HTMLElement, value: string) => fireEvent.change(element, { target: { value } });
const options = () => screen.queryAllByTestId('tool-option').map((option) => option.dataset.tool);
const problems = () => screen.queryAllByTestId('tool-form-problem').map((p) => `${p.dataset.path}: ${p.textContent}`);
const run = () => fireEvent.click(screen.getByTestId('tool-picker-run'));
const form = () => screen.findByTestId('tool-form');

beforeEach(() => {
  localStorage.clear();
  vi.stubGlobal('fetch', (url: string) =>
    Promise.resolve(
      String(url).endsWith('/v1/models')
        ? Response.json({ models })
        : Response.json({ tools: [computer, shell], defaultModel: 'directive' }),
    ),
  );
  server = new FakeServer();
  flushes = [];
  connection = new Connection({ url: 'ws://h/v1/ws', webSocket: server.webSocket });
  connection.session('s', { schedule: (each) => flushes.push(each) });
});
afterEach(() => {
  cleanup();
  connection.close();
  vi.unstubAllGlobals();
});

describe('a slash', () => {
  it('lists the tools, which letters make fewer and arrow keys go through', async () => {
    await open();
    type(composer(), '/');
    expect(options()).toEqual(['computer', 'shell']);
    const marked = () => document.getElementById(composer().getAttribute('aria-activedescendant') ?? '')?.dataset.tool;
    expect(marked()).toBe('computer');
    fireEvent.keyDown(composer(), { key: 'ArrowDown' });
    expect(marked()).toBe('shell');
    fireEvent.keyDown(composer(), { key: 'ArrowDown' });
    expect(marked()).toBe('computer');
    type(composer(), '/sh');
    expect([options(), marked()]).toEqual([['shell'], 'shell']);
    fireEvent.keyDown(composer(), { key: 'Escape' });
    expect(options()).toEqual([]);
    fireEvent.keyDown(composer(), { key: 'Enter' });
    expect(server.socket.last('message.send')).toMatchObject({ text: '/sh' });
  });

  it('is a message where it is more than the beginning of a name', async () => {
    await open();
    type(composer(), '/shell ls');
    expect(options()).toEqual([]);
    fireEvent.keyDown(composer(), { key: 'Enter' });
    expect(server.socket.last('message.send')).toMatchObject({ text: '/shell ls' });
  });
});

describe('a form', () => {
  const choose = async (name: string) => {
    type(composer(), `/${name}`);
    fireEvent.keyDown(composer(), { key: 'Enter' });
    await form();
  };

  it('runs its tool with what was filled in, and says first what is wrong beside the fields', async () => {
    await open();
    await choose('shell');
    expect(composer().value).toBe('');
    run();
    expect(problems()).toEqual(['/command: Is required.']);
    expect(field('/command').getAttribute('aria-invalid')).toBe('true');
    type(field('/command'), 'ls');
    type(field('/timeoutMs'), '2000');
    expect(problems()).toEqual(['/timeoutMs: Must be at most 1000.']);
    run();
    expect(server.socket.commands('tools.run')).toEqual([]);
    type(field('/timeoutMs'), '20');
    fireEvent.click(screen.getByLabelText('No'));
    type(field('/depth'), '1');
    run();
    const sent = server.socket.last('tools.run');
    expect(sent.calls).toEqual([
      { tool: 'shell', arguments: { command: 'ls', timeoutMs: 20, sure: false, depth: 'deep' } },
    ]);
    await act(async () => server.socket.ack(sent, { batchId: 'b', executionIds: ['x'], seq: 2 }));
    expect(screen.queryByTestId('tool-picker')).toBeNull();
  });

  it('shows what the server has against it where that is', async () => {
    await open();
    await choose('shell');
    type(field('/command'), 'ls');
    run();
    const details = { index: 0, path: '/command', reason: 'must be longer' };
    await act(async () => server.socket.refuse(server.socket.last('tools.run'), 'invalid_arguments', { details }));
    expect(problems()).toEqual(['/command: Must be longer.']);
    type(field('/command'), 'ls -la');
    expect(problems()).toEqual([]);
    run();
    expect(server.socket.commands('tools.run')).toHaveLength(2);
    await act(async () => server.socket.refuse(server.socket.last('tools.run'), 'forbidden'));
    expect(screen.getByTestId('refusal').textContent).toBe('forbidden');
  });

  it('takes several calls for one batch', async () => {
    await open();
    fireEvent.keyDown(document, { key: '/', ctrlKey: true });
    fireEvent.keyDown(await screen.findByTestId('tool-search'), { key: 'Enter' });
    expect((await form()).dataset.tool).toBe('computer');
    expect(screen.getByTestId('tool-form').textContent).toContain('asks before it runs');
    fireEvent.click(screen.getByTestId('tool-picker-add'));
    type(screen.getByTestId('tool-search'), 'command');
    expect(options()).toEqual(['shell']);
    fireEvent.click(screen.getByTestId('tool-option'));
    expect(screen.getByTestId('tool-picker-run').textContent).toBe('Run 2 calls');
    fireEvent.click(screen.getAllByTestId('tool-picker-call')[0] as HTMLElement);
    run();
    expect(screen.getByTestId('tool-form').dataset.tool).toBe('shell');
    type(field('/command'), 'ls');
    run();
    expect(server.socket.last('tools.run').calls).toEqual([
      { tool: 'computer', arguments: {} },
      { tool: 'shell', arguments: { command: 'ls' } },
    ]);
  });

  it('begins with the arguments of a call that was made before', async () => {
    const call = { batchId: 'b', callId: 'c', index: 0, name: 'shell', arguments: { command: 'ls', sure: true } };
    const executions = { x: { ...call, attempt: 1, state: 'completed', output: {} } };
    const at = '2026-01-01T00:00:00.000Z';
    const counts = { total: 1, completed: 1, failed: 0, executing: 0, pending: 0 };
    const batches = { b: { state: 'completed', ...counts, startedAt: at, endedAt: at, executions: ['x'] } };
    await open({ ...emptyView, batches, executions } as unknown as View);
    fireEvent.click(screen.getByTestId('tool-change'));
    await act(async () => server.socket.ack(server.socket.last('tool.details'), executions.x as unknown as JsonObject));
    await form();
    expect(field('/command').value).toBe('ls');
    type(field('/command'), 'ls -la');
    run();
    expect(server.socket.last('tools.run').calls).toEqual([
      { tool: 'shell', arguments: { command: 'ls -la', sure: true } },
    ]);
  });
});

describe('the model', () => {
  it('is chosen from those that the server has, or named', async () => {
    await open();
    const model = screen.getByTestId('model') as HTMLInputElement;
    await act(async () => model.focus());
    fireEvent.click(model);
    expect(screen.getAllByTestId('model-option').map((o) => o.textContent)).toEqual([
      'directivedefault',
      'fastgpt-mini',
    ]);
    fireEvent.keyDown(model, { key: 'ArrowDown' });
    fireEvent.keyDown(model, { key: 'ArrowDown' });
    fireEvent.keyDown(model, { key: 'Enter' });
    expect(model.value).toBe('fast');
    expect(screen.queryByTestId('model-options')).toBeNull();
    type(model, 'openai/some-other');
    type(composer(), 'hello');
    fireEvent.keyDown(composer(), { key: 'Enter' });
    expect(server.socket.last('message.send')).toMatchObject({ text: 'hello', model: 'openai/some-other' });
  });
});
