import type { View, ViewMessage } from '@toolruntime/client';

/** One entry of the conversation, in order of time: a message, or a batch that belongs to none. */
export type FeedItem =
  | { readonly kind: 'message'; readonly key: string; readonly message: ViewMessage }
  | { readonly kind: 'batch'; readonly key: string; readonly batchId: string };

/** Messages in their order, with batches of no message where their time falls. */
export function feedOf(messages: View['messages'], batches: View['batches']): readonly FeedItem[] {
  const free = Object.entries(batches).filter(([, batch]) => batch.messageId === undefined);
  const items: FeedItem[] = [];
  let next = 0;
  const take = (before: string | undefined) => {
    for (; next < free.length; next++) {
      const [batchId, batch] = free[next] as (typeof free)[number];
      if (before !== undefined && batch.startedAt >= before) return;
      items.push({ kind: 'batch', key: `b:${batchId}`, batchId });
    }
  };
  for (const message of messages) {
    take(message.at);
    items.push({ kind: 'message', key: `m:${message.id}`, message });
  }
  take(undefined);
  return items;
}
