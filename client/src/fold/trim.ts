import type { ViewBatch, ViewExecution, ViewMessage } from '../wire/view.ts';
import type { ViewDraft } from './draft.ts';

/** Messages that a view keeps. */
export const keptMessages = 200;
/** Batches of no message that a view keeps. */
export const keptFreeBatches = 50;

/** Drops the oldest ended messages with their batches, and the oldest ended batches of no message, beyond what a view keeps. What is open stays. */
export function trim(draft: ViewDraft): void {
  const { messages, batches } = draft.view;
  const gone = new Set<string>();
  const surplus = new Set(messages.filter(hasEnded).slice(0, Math.max(0, messages.length - keptMessages)));
  for (const message of surplus) for (const id of message.batches) gone.add(id);

  const free = Object.entries(batches).filter(([, batch]) => batch.messageId === undefined);
  if (free.length > keptFreeBatches) {
    const ended = free.filter(([, batch]) => batch.endedAt !== undefined).sort(byAge);
    for (const [id] of ended.slice(0, free.length - keptFreeBatches)) gone.add(id);
  }

  if (surplus.size > 0) draft.set({ messages: messages.filter((message) => !surplus.has(message)) });
  if (gone.size > 0) draft.set(without(draft, gone));
}

/** Drops what a message called: it is deleted with its tools and their outputs. */
export function dropBatchesOf(draft: ViewDraft, messageId: string): void {
  const { batches } = draft.view.messages.find((message) => message.id === messageId) ?? { batches: [] };
  if (batches.length > 0) draft.set(without(draft, new Set(batches)));
}

function hasEnded({ state }: ViewMessage): boolean {
  return state === 'completed' || state === 'error' || state === 'cancelled';
}

/** A snapshot's batches come in no order. */
function byAge([id, batch]: [string, ViewBatch], [otherId, other]: [string, ViewBatch]): number {
  const [mine, theirs] = [`${batch.startedAt} ${id}`, `${other.startedAt} ${otherId}`];
  return mine < theirs ? -1 : mine > theirs ? 1 : 0;
}

function without(draft: ViewDraft, gone: ReadonlySet<string>) {
  const batches: Record<string, ViewBatch> = {};
  const executions: Record<string, ViewExecution> = {};
  for (const [id, batch] of Object.entries(draft.view.batches)) {
    if (gone.has(id)) continue;
    batches[id] = batch;
    for (const executionId of batch.executions) {
      const execution = draft.view.executions[executionId];
      if (execution !== undefined) executions[executionId] = execution;
    }
  }
  return { batches, executions };
}
