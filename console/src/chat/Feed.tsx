import type { Session, View } from '@toolruntime/client';
import { memo } from 'react';
import { Batch } from '../tools/Batch.tsx';
import { Windowed } from '../ui/Windowed.tsx';
import type { FeedItem } from './feed.ts';
import { Message } from './Message.tsx';
import { estimatedHeight } from './markdown/estimate.ts';

interface FeedProps {
  readonly session: Session;
  readonly items: readonly FeedItem[];
  readonly batches: View['batches'];
}

/** So many of the newest entries are drawn wherever they are. */
const newest = 20;
/** Pixels of an entry without its text, and of a tool's card with some output. */
const entryHeight = 60;
const cardHeight = 170;

/** The conversation; what is not near to what is seen is not drawn. */
export function Feed({ session, items, batches }: FeedProps) {
  return items.map((item, i) => (
    <Windowed
      key={item.key}
      className="feed-item"
      data-testid="feed-item"
      data-item={item.key}
      estimate={heightOf(item, batches)}
      first={i >= items.length - newest}
      always={i >= items.length - newest}
    >
      <Item session={session} item={item.kind === 'message' ? item.message : item.batchId} />
    </Windowed>
  ));
}

interface ItemProps {
  readonly session: Session;
  readonly item: Extract<FeedItem, { kind: 'message' }>['message'] | string;
}

const Item = memo(function Item({ session, item }: ItemProps) {
  if (typeof item !== 'string') return <Message session={session} message={item} />;
  return (
    <article className="message message-assistant">
      <Batch session={session} batchId={item} />
    </article>
  );
});

function heightOf(item: FeedItem, batches: View['batches']): number {
  const ids = item.kind === 'message' ? item.message.batches : [item.batchId];
  const cards = ids.reduce((sum, id) => sum + Math.ceil((batches[id]?.total ?? 0) / 2), 0);
  // Of a long text the first part tells enough: nobody sees how long the rest is.
  const { text } = item.kind === 'message' ? item.message : { text: '' };
  const head = text.slice(0, 2_000);
  return entryHeight + cards * cardHeight + (head === '' ? 0 : (estimatedHeight(head) * text.length) / head.length);
}
