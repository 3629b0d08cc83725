import type { Session } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { memo, useState } from 'react';
import { count } from '../ui/format.ts';
import { BatchBar } from './BatchBar.tsx';
import { recorderOf } from './recorders.ts';
import { Timeline } from './Timeline.tsx';
import { ToolCard } from './ToolCard.tsx';

interface BatchProps {
  readonly session: Session;
  readonly batchId: string;
}

/** From this many tools on, those that have ended are folded. */
const compactFrom = 13;

/** A batch: its bar, its timeline if wanted, and a card for each of its tools. */
export const Batch = memo(function Batch({ session, batchId }: BatchProps) {
  const batch = useSessionValue(session, (s) => s.view.batches[batchId]);
  const [timeline, setTimeline] = useState(false);
  if (batch === undefined) return null;
  const compact = batch.total >= compactFrom;
  return (
    <section className="batch" data-testid="batch" data-batch-id={batchId} aria-label={count(batch.total, 'tool')}>
      <BatchBar
        session={session}
        batchId={batchId}
        batch={batch}
        timeline={timeline}
        toggleTimeline={() => setTimeline(!timeline)}
      />
      {timeline ? <Timeline session={session} batch={batch} recorder={recorderOf(session)} /> : null}
      <div className="cards" data-single={batch.total === 1}>
        {batch.executions.map((id) => (
          <ToolCard key={id} session={session} executionId={id} compact={compact} />
        ))}
      </div>
    </section>
  );
});
