import type { View } from '@toolruntime/client';
import { batchEnded } from '../tools/status.ts';
import type { Activity } from './sessions.ts';

/** How a session stands, as the server's list says it, from what is seen of it here at once. */
export function activityOf(view: View): Activity | undefined {
  const batches = Object.values(view.batches);
  const open = batches.filter((batch) => !batchEnded(batch.state));
  const waits = open.some((batch) => batch.executions.some((id) => view.executions[id]?.state === 'awaiting_approval'));
  if (waits) return 'waiting';
  const replies = view.messages.filter(
    (m) => m.state !== 'completed' && m.state !== 'error' && m.state !== 'cancelled',
  );
  if (open.length + replies.length > 0) {
    const held = (id: string) => open.some((batch) => batch.messageId === id);
    const paused = open.every((batch) => batch.state === 'paused') && replies.every((m) => m.paused || held(m.id));
    return paused ? 'paused' : 'running';
  }
  return lastFailed(view) ? 'failed' : undefined;
}

/** Whether the last that ended, a reply or a batch of none, has failed. */
function lastFailed({ messages, batches }: View): boolean {
  const failed = (id: string | undefined) => {
    const state = id === undefined ? undefined : batches[id]?.state;
    return state === 'failed' || state === 'timed_out';
  };
  const reply = messages.at(-1);
  const free = Object.entries(batches).filter(([, batch]) => batch.messageId === undefined);
  const newest = free.reduce<(typeof free)[number] | undefined>(
    (last, each) => (last === undefined || each[1].startedAt > last[1].startedAt ? each : last),
    undefined,
  );
  if (newest !== undefined && (reply === undefined || newest[1].startedAt > reply.at)) return failed(newest[0]);
  if (reply === undefined || reply.deleted) return false;
  return reply.state === 'error' || failed(reply.batches.at(-1));
}
