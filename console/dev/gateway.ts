import type { WebSocket } from 'ws';
import type { JsonObject } from '../../client/src/index.ts';
import { MockSession, newMockId } from './session.ts';
import { type MockCall, reply, startBatch } from './work.ts';

type Fields = JsonObject & { readonly id: string; readonly type: string; readonly session: string };

class Refusal extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A gateway for working on the page without a server: sessions in memory, simulated tools. It ends with its process. */
export class MockGateway {
  readonly #sessions = new Map<string, MockSession>();
  readonly #answers = new Map<string, JsonObject>();

  accept(socket: WebSocket): void {
    const send = (frame: JsonObject) => socket.send(JSON.stringify(frame));
    const open = new Map<string, () => void>();
    send({
      type: 'welcome',
      connectionId: newMockId('k'),
      tenant: 'dev',
      subject: 'dev',
      protocol: 'toolruntime.v1',
      heartbeatMs: 25_000,
    });
    const heads = setInterval(() => {
      const sessions = [...open.keys()].map((id) => [
        id,
        { epoch: this.#session(id).epoch, seq: this.#session(id).head },
      ]);
      send({ type: 'head', sessions: Object.fromEntries(sessions) as JsonObject });
    }, 25_000);
    socket.on('close', () => {
      clearInterval(heads);
      for (const stop of open.values()) stop();
    });
    socket.on('message', (data) => {
      const command = JSON.parse(String(data)) as Fields;
      const { id } = command;
      try {
        if (command.type === 'session.open') return this.#open(command, open, send);
        const result = this.#answers.get(id) ?? this.#run(command);
        this.#answers.set(id, result);
        send({ type: 'ack', id, result });
      } catch (error) {
        const code = error instanceof Refusal ? error.code : 'internal';
        send({ type: 'error', id, error: { code, message: String((error as Error).message), retryable: false } });
      }
    });
  }

  /** Every batch counts as a job here. */
  jobs(): JsonObject {
    const jobs = [...this.#sessions.values()].flatMap((session) =>
      Object.entries(session.view.batches).map(([batchId, batch]) => {
        const { state, total, startedAt, endedAt, progress } = batch;
        return {
          jobId: `${session.id}:${batchId}`,
          session: session.id,
          batchId,
          state: state === 'executing' ? 'running' : state,
          tools: [...new Set(batch.executions.map((id) => session.view.executions[id]?.name ?? ''))],
          total,
          priority: 'default',
          by: 'dev',
          createdAt: startedAt,
          startedAt,
          ...(endedAt === undefined ? {} : { endedAt }),
          waitedMs: 0,
          ...(progress === undefined ? {} : { percent: progress.percent }),
        };
      }),
    );
    return { jobs: jobs.reverse() };
  }

  list(): JsonObject {
    return { sessions: [...this.#sessions.keys()].map((id) => ({ id })) };
  }

  #session(id: string): MockSession {
    let session = this.#sessions.get(id);
    if (session === undefined) {
      session = new MockSession(id);
      this.#sessions.set(id, session);
    }
    return session;
  }

  #open(command: Fields, open: Map<string, () => void>, send: (frame: JsonObject) => void): void {
    const session = this.#session(command.session);
    open.get(session.id)?.();
    const result = session.opened(command.after as { epoch: string; seq: number } | undefined);
    send({ type: 'ack', id: command.id, result });
    let at = Number(result.after);
    const push = () => {
      if (at === session.head) return;
      const events = session.log.slice(at) as unknown as JsonObject[];
      send({ type: 'events', session: session.id, epoch: session.epoch, after: at, seq: session.head, events });
      at = session.head;
    };
    push();
    session.listeners.add(push);
    open.set(session.id, () => session.listeners.delete(push));
  }

  #run(command: Fields): JsonObject {
    if (command.type === 'ping') return { at: new Date().toISOString() };
    const session = this.#session(command.session);
    const text = (key: string) => String(command[key] ?? '');
    const seq = session.head + 1;
    switch (command.type) {
      case 'session.close':
      case 'typing':
      case 'tool.input':
        return {};
      case 'message.send': {
        const [messageId, replyId] = [newMockId('m'), newMockId('r')];
        session.emit({ type: 'message.created', messageId, role: 'user', text: text('text'), by: 'dev' });
        session.emit({ type: 'conversation.state', messageId: replyId, to: 'queued' });
        setTimeout(() => void reply(session, replyId, text('text')), 50);
        return { messageId, replyId, seq };
      }
      case 'message.edit':
        session.emit({ type: 'message.edited', messageId: text('messageId'), text: text('text'), by: 'dev' });
        return { seq };
      case 'message.delete':
        session.emit({ type: 'message.deleted', messageId: text('messageId'), by: 'dev' });
        return { seq };
      case 'message.cancel': {
        const message = session.view.messages.find((m) => m.id === text('messageId'));
        for (const id of message?.batches ?? []) this.#cancelBatch(session, id);
        session.emit({ type: 'conversation.state', messageId: text('messageId'), from: 'active', to: 'cancelled' });
        return { seq };
      }
      case 'tools.run': {
        const { batchId, executionIds } = startBatch(session, command.calls as unknown as MockCall[]);
        return { batchId, executionIds, seq };
      }
      case 'batch.cancel':
        this.#cancelBatch(session, text('batchId'));
        return { seq };
      case 'batch.pause':
      case 'batch.resume': {
        const pause = command.type === 'batch.pause';
        session.paused[pause ? 'add' : 'delete'](text('batchId'));
        session.emit({ type: pause ? 'batch.paused' : 'batch.resumed', batchId: text('batchId'), by: 'dev' });
        return { seq };
      }
      case 'tool.cancel':
        session.running.get(text('executionId'))?.('cancelled');
        session.approvals.get(text('executionId'))?.(false);
        return { seq };
      case 'tool.approve':
      case 'tool.deny':
        session.approvals.get(text('executionId'))?.(command.type === 'tool.approve');
        return { seq };
      case 'tool.details':
        return (session.view.executions[text('executionId')] ?? {}) as unknown as JsonObject;
      default:
        throw new Refusal('invalid_command', `The mock does not know ${command.type}.`);
    }
  }

  #cancelBatch(session: MockSession, batchId: string): void {
    const batch = session.view.batches[batchId];
    if (batch === undefined || (batch.state !== 'executing' && batch.state !== 'paused')) return;
    for (const id of batch.executions) session.running.get(id)?.('cancelled');
    const { completed, failed, total } = session.view.batches[batchId] ?? batch;
    session.emit({
      type: 'batch.cancelled',
      batchId,
      successful: completed,
      failed: 0,
      timedOut: 0,
      cancelled: failed,
      total,
      elapsedMs: 0,
    });
  }
}
