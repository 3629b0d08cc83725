import { expect } from '@playwright/test';
import { WebSocket } from 'ws';
import { Connection, type Session, type WebSocketConstructor } from '../../client/src/index.ts';
import { clusterTest as test } from './support/cluster.ts';
import { expectLines } from './support/consolePage.ts';
import type { Gateway } from './support/gateway.ts';

const lines = 40;
const printing = `for i in $(seq 1 ${lines}); do echo line $i; sleep 0.1; done`;

/** A program with the SDK, and what it has seen. */
class Client {
  readonly connection: Connection;
  readonly session: Session;
  readonly seqs: number[] = [];
  /** Times at which it came online, and was cut off. */
  readonly online: number[] = [];
  readonly offline: number[] = [];
  ended = false;

  constructor(gateway: string, token: string, session: string) {
    const url = `${gateway.replace('http', 'ws')}/v1/ws`;
    this.connection = new Connection({ url, token, webSocket: WebSocket as unknown as WebSocketConstructor });
    this.connection.subscribe(() => {
      const { status } = this.connection.getState();
      if (status === 'online') this.online.push(Date.now());
      else if (status === 'offline') this.offline.push(Date.now());
    });
    this.session = this.connection.session(session);
    this.session.onEvents((events) => {
      this.seqs.push(...events.map((event) => event.seq));
      if (events.some((event) => event.type === 'batch.completed')) this.ended = true;
    });
    this.session.acquire();
    this.connection.connect();
  }

  get gateway(): string | undefined {
    const state = this.connection.getState();
    return state.status === 'online' ? state.gateway : undefined;
  }

  get output(): string | undefined {
    return Object.values(this.session.view.executions)[0]?.output.stdout?.text;
  }
}

for (const [how, end] of [
  ['kill -9', (gateway: Gateway) => gateway.kill()],
  ['SIGTERM', (gateway: Gateway) => gateway.stop()],
] as const) {
  test(`${how} of a gateway under 50 clients: all go on at the other one, each once, without a gap`, async ({
    cluster,
    keys,
  }) => {
    const [first, second] = cluster.pair;
    await cluster.known();
    const clients = Array.from({ length: 50 }, (_, i) => new Client(first.address, keys.key, `shared-${i % 10}`));
    try {
      await expect.poll(() => clients.every(({ session }) => session.getSnapshot().status === 'live')).toBe(true);
      for (const { session } of clients.slice(0, 10)) {
        await session.runTools([{ tool: 'shell', arguments: { command: printing } }]);
      }
      await expect.poll(() => clients.every(({ output }) => output?.includes('line 3'))).toBe(true);

      const endedAt = Date.now();
      await end(first);
      await expect.poll(() => clients.every(({ ended }) => ended)).toBe(true);

      for (const client of clients) {
        expect(client.gateway).toBe(second.address);
        expect([client.online.length, client.offline.length]).toEqual([2, 1]);
        expect(client.seqs).toEqual([...new Set(client.seqs)].sort((a, b) => a - b));
        expectLines(client.output, lines);
      }
      const waits = clients.map(({ online }) => (online[1] ?? 0) - endedAt).sort((a, b) => a - b);
      const description = `after ${waits[25]} ms at the median, ${waits[49]} ms at most`;
      test.info().annotations.push({ type: 'online elsewhere', description });
      console.log(`50 clients, ${how} of their gateway: online elsewhere ${description}`);
    } finally {
      for (const { connection } of clients) connection.close();
    }
  });
}
