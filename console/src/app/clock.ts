import type { Connection } from '@toolruntime/client';

let skewMs = 0;

/** Milliseconds since the epoch by the server's clock, so that elapsed times are right where this computer's clock is not. */
export function serverNow(): number {
  return Date.now() + skewMs;
}

/** Asks the server for its time, now and after every reconnect; returns how to stop. */
export function syncClock(connection: Connection): () => void {
  const measure = async () => {
    if (connection.getState().status !== 'online') return;
    const sent = Date.now();
    const { at } = await connection.request<'ping'>({ type: 'ping' }, { retry: false });
    const server = at === undefined ? Number.NaN : Date.parse(at);
    if (!Number.isNaN(server)) skewMs = server - (sent + Date.now()) / 2;
  };
  const run = () => void measure().catch(() => {});
  run();
  return connection.subscribe(run);
}
