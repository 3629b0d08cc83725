import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { Connection, type JsonObject, type Session, type WebSocketConstructor } from '../src/index.ts';

const at = '2026-01-02T03:04:05Z';
const webSocket = WebSocket as unknown as WebSocketConstructor;
let server: WebSocketServer;
let connection: Connection;
let log: JsonObject[];
/** Answers by command id, as the server remembers them. */
let answers: Map<string, JsonObject>;
let dropAfterSend: number;

/** A server that keeps one session's log in memory and speaks just enough of the protocol. */
function serve(socket: WebSocket): void {
  const send = (frame: JsonObject) => socket.send(JSON.stringify(frame));
  let cursor: number | undefined;
  const push = () => {
    if (cursor === undefined || cursor === log.length) return;
    send({ type: 'events', session: 's', epoch: 'e', after: cursor, seq: log.length, events: log.slice(cursor) });
    cursor = log.length;
  };
  send({ type: 'welcome', connectionId: 'k', heartbeatMs: 25_000 });
  socket.on('message', (data) => {
    const command = JSON.parse(String(data)) as JsonObject & { id: string };
    if (command.type === 'session.open') {
      const after = command.after as { seq: number } | undefined;
      cursor = after?.seq ?? 0;
      const snapshot = after === undefined ? { snapshot: { seq: 0, view: {} } } : {};
      send({
        type: 'ack',
        id: command.id,
        result: { epoch: 'e', head: log.length, after: cursor, recovered: after !== undefined, ...snapshot },
      });
      push();
      return;
    }
    let result = answers.get(command.id);
    if (result === undefined) {
      const seq = log.length + 1;
      log.push({ seq, at, type: 'message.created', messageId: `m${seq}`, role: 'user', text: command.text ?? '' });
      result = { messageId: `m${seq}`, replyId: `r${seq}`, seq };
      answers.set(command.id, result);
    }
    push();
    // The command is committed, and the connection dies before its answer is out.
    if (dropAfterSend-- > 0) return socket.terminate();
    send({ type: 'ack', id: command.id, result });
  });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

beforeEach(async () => {
  log = [];
  answers = new Map();
  dropAfterSend = 0;
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: (offered) => [...offered][0] ?? false });
  server.on('connection', serve);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  connection = new Connection({ url: `ws://127.0.0.1:${port}/v1/ws`, webSocket, backoff: { baseMs: 5 } });
  connection.connect();
});
afterEach(() => {
  connection.close();
  for (const client of server.clients) client.terminate();
  server.close();
});

const texts = (session: Session) => session.view.messages.map((m) => m.text);

it('a real socket carries a message there and its events back', async () => {
  const session = connection.session('s');
  session.acquire();
  const accepted = await session.sendMessage('hello');
  await until(() => session.view.messages.length === 1);
  expect(session.view.messages[0]).toMatchObject({ id: accepted.messageId, text: 'hello' });
});

it('connections that die before the answer neither lose nor double a message or an event', async () => {
  const session = connection.session('s');
  session.acquire();
  const seqs: number[] = [];
  session.onEvents((events) => seqs.push(...events.map((e) => e.seq)));
  dropAfterSend = 5;
  for (let i = 0; i < 10; i++) await session.sendMessage(`text ${i}`);
  await until(() => session.view.messages.length >= 10);
  expect(texts(session)).toEqual(Array.from({ length: 10 }, (_, i) => `text ${i}`));
  expect(seqs).toEqual(Array.from({ length: 10 }, (_, i) => i + 1));
  expect(dropAfterSend).toBeLessThan(0);
});
