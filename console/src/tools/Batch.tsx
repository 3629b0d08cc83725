import type { Session } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { memo, useRef } from 'react';
import { flushSync } from 'react-dom';
import { count } from '../ui/format.ts';
import { useKept } from '../ui/kept.ts';
import { revealCard } from '../ui/revealCard.ts';
import { BatchBar } from './BatchBar.tsx';
import { BatchCards } from './BatchCards.tsx';
import type { Filter } from './order.ts';
import { recorderOf } from './recorders.ts';
import { Timeline } from './Timeline.tsx';

interface BatchProps {
  readonly session: Session;
  readonly batchId: string;
}

/** So long a card that was gone to is marked. */
/** A batch: its bar, its timeline if wanted, and a card for each of its tools. */
export const Batch = memo(function Batch({ session, batchId }: BatchProps) {
  const batch = useSessionValue(session, (s) => s.view.batches[batchId]);
  const [timeline, setTimeline] = useKept(session, `timeline:${batchId}`, false);
  const [filter, setFilter] = useKept<Filter>(session, `filter:${batchId}`, 'all');
  const section = useRef<HTMLElement>(null);
  if (batch === undefined) return null;
  const reveal = (executionId: string) => {
    flushSync(() => setFilter('all'));
    const place = section.current?.querySelector(`[data-place="${CSS.escape(executionId)}"]`);
    if (place) revealCard(place);
  };
  return (
    <section
      ref={section}
      className="batch"
      data-testid="batch"
      data-batch-id={batchId}
      aria-label={count(batch.total, 'tool')}
    >
      <BatchBar
        session={session}
        batchId={batchId}
        batch={batch}
        timeline={timeline}
        toggleTimeline={() => setTimeline(!timeline)}
      />
      {timeline ? <Timeline session={session} batch={batch} recorder={recorderOf(session)} choose={reveal} /> : null}
      <BatchCards session={session} batchId={batchId} batch={batch} filter={filter} setFilter={setFilter} />
      {batch.leftOut === undefined ? null : (
        <p className="hint" data-testid="batch-left-out">
          {`${count(batch.leftOut, 'tool')} more: too many to show`}
        </p>
      )}
    </section>
  );
});
