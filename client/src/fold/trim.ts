import type { ViewBatch, ViewExecution } from '../wire/view.ts';
import type { ViewDraft } from './draft.ts';

/** Messages that a view keeps. */
export const keptMessages = 200;
/** Batches of no message that a view keeps. */
export const keptFreeBatches = 50;

/** Drops the oldest messages with their batches, and the oldest batches of no message, beyond what a view keeps. */
export function trim(draft: ViewDraft): void {
  const { messages, batches } = draft.view;
  const gone = new Set<string>();
  const surplus = messages.length - keptMessages;
  for (const message of messages.slice(0, Math.max(0, surplus))) for (const id of message.batches) gone.add(id);

  const free = Object.keys(batches).filter((id) => batches[id]?.messageId === undefined);
  for (const id of free.slice(0, Math.max(0, free.length - keptFreeBatches))) gone.add(id);

  if (surplus > 0) draft.set({ messages: messages.slice(surplus) });
  if (gone.size > 0) draft.set(without(draft, gone));
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
