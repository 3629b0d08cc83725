// @vitest-environment happy-dom
import { act, cleanup, render } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { Connection, type JsonObject } from '../src/index.ts';
import { useConnection, useSession, useSessionValue } from '../src/react/index.ts';
import { FakeServer } from './fakeServer.ts';

const at = '2026-01-02T03:04:05Z';
const view = {
  parameters: {},
  members: [],
  messages: [],
  batches: {},
  executions: {
    x1: { batchId: 'b', callId: 'c', index: 0, name: 'one', arguments: {}, state: 'executing', attempt: 1, output: {} },
    x2: { batchId: 'b', callId: 'c', index: 1, name: 'two', arguments: {}, state: 'executing', attempt: 1, output: {} },
  },
};

afterEach(cleanup);

const drawn: Record<string, number> = { x1: 0, x2: 0 };

function Part({ connection, id }: { connection: Connection; id: string }) {
  const session = useSession(connection, 's');
  const execution = useSessionValue(session, (s) => s.view.executions[id]);
  drawn[id] = (drawn[id] ?? 0) + 1;
  return <p>{`${execution?.name ?? ''}:${execution?.output.stdout?.text ?? ''}`}</p>;
}

function Page({ connection }: { connection: Connection }) {
  return (
    <>
      <b>{useConnection(connection).status}</b>
      <Part connection={connection} id="x1" />
      <Part connection={connection} id="x2" />
    </>
  );
}

it('a part of a session is drawn again only when it changes', async () => {
  const server = new FakeServer();
  const connection = new Connection({ url: 'ws://h/v1/ws', webSocket: server.webSocket });
  const flushes: (() => void)[] = [];
  connection.session('s', { schedule: (flush) => flushes.push(flush) });

  const flush = () =>
    act(() => {
      for (const each of flushes.splice(0)) each();
    });
  const page = render(<Page connection={connection} />);
  await act(async () => connection.connect());
  expect(page.container.textContent).toBe('connecting::');
  act(() => server.socket.welcome());
  server.socket.ack(server.socket.last('session.open'), {
    epoch: 'e',
    head: 0,
    after: 0,
    recovered: false,
    snapshot: { seq: 0, view },
  });
  flush();
  expect(page.container.textContent).toBe('onlineone:two:');

  drawn.x1 = drawn.x2 = 0;
  for (let i = 0; i < 10; i++) {
    const event: JsonObject = {
      seq: i + 1,
      at,
      type: 'tool.output',
      executionId: 'x1',
      attempt: 1,
      stream: 'stdout',
      offset: i,
      text: `${i}`,
    };
    server.socket.push({ type: 'events', session: 's', epoch: 'e', after: i, seq: i + 1, events: [event] });
  }
  expect(flushes).toHaveLength(1);
  flush();
  expect(page.container.textContent).toBe('onlineone:0123456789two:');
  expect(drawn).toEqual({ x1: 1, x2: 0 });
  connection.close();
});
