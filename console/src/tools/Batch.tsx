import type { Session, SessionSnapshot, ViewBatch } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { memo, useRef } from 'react';
import { flushSync } from 'react-dom';
import { clockTime, lastKnown, useKnownNow, useSince } from '../app/stale.ts';
import { Button } from '../ui/Button.tsx';
import { CommandButton } from '../ui/CommandButton.tsx';
import { count, duration, ticking } from '../ui/format.ts';
import { icons } from '../ui/icons.tsx';
import { useKept } from '../ui/kept.ts';
import { whenThere } from '../ui/whenThere.ts';
import { BatchCards } from './BatchCards.tsx';
import type { Filter } from './order.ts';
import { recorderOf } from './recorders.ts';
import { batchEnded, batchStatus } from './status.ts';
import { Timeline } from './Timeline.tsx';

interface BatchProps {
  readonly session: Session;
  readonly batchId: string;
}

/** So long a card that was gone to is marked. */
const revealMs = 1_500;

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
    if (!place) return;
    place.scrollIntoView({ block: 'center' });
    whenThere(place, '.card-fold', (fold) => {
      if (fold.getAttribute('aria-expanded') === 'false') fold.click();
      fold.focus({ preventScroll: true });
      place.scrollIntoView({ block: 'nearest' });
      place.animate?.([{ boxShadow: '0 0 0 3px var(--accent)' }, { boxShadow: '0 0 0 3px transparent' }], revealMs);
    });
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

interface BatchBarProps extends BatchProps {
  readonly batch: ViewBatch;
  readonly timeline: boolean;
  readonly toggleTimeline: () => void;
}

function BatchBar({ session, batchId, batch, timeline, toggleTimeline }: BatchBarProps) {
  const cancelled = useSessionValue(session, (s) => cancelledOf(s, batch));
  const ended = batchEnded(batch.state);
  const since = useSince(session);
  const status = lastKnown(batchStatus(batch, cancelled), since);
  const percent = ended ? 100 : Math.max(batch.progress?.percent ?? 0, share(batch));
  return (
    <div
      className="batch-bar"
      data-testid="batch-bar"
      data-batch-id={batchId}
      data-state={batch.state}
      data-tone={status.tone}
    >
      <div className="batch-line">
        <span className="status" data-testid="batch-status" data-tone={status.tone}>
          {icons[status.icon]}
          <span>{status.label}</span>
        </span>
        <Counts batch={batch} cancelled={cancelled} stale={since !== undefined} />
        <span className="batch-side">
          <Times session={session} batch={batch} />
          <Button
            label="Timeline"
            kind="quiet"
            className="button-small"
            aria-expanded={timeline}
            testId="batch-timeline"
            onClick={toggleTimeline}
          />
          {ended ? null : <Controls session={session} batchId={batchId} batch={batch} />}
        </span>
      </div>
      <div
        className="meter"
        role="progressbar"
        aria-label="Progress of the batch"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(percent)}
        data-testid="batch-progress"
      >
        {ended ? <Shares batch={batch} cancelled={cancelled} /> : <i style={{ width: `${percent}%` }} />}
      </div>
    </div>
  );
}

/** Cancelled tools, which the batch counts as failed. */
function cancelledOf({ view }: SessionSnapshot, { failed, executions }: ViewBatch): number {
  return failed === 0 ? 0 : executions.filter((id) => view.executions[id]?.state === 'cancelled').length;
}

function share({ completed, failed, total }: ViewBatch): number {
  return total === 0 ? 0 : ((completed + failed) / total) * 100;
}

interface FiguresProps {
  readonly batch: ViewBatch;
  readonly cancelled: number;
}

function Shares({ batch, cancelled }: FiguresProps) {
  const width = (n: number) => ({ width: `${batch.total === 0 ? 0 : (n / batch.total) * 100}%` });
  return (
    <>
      <i data-tone="good" style={width(batch.completed)} />
      <i data-tone="bad" style={width(batch.failed - cancelled)} />
      <i data-tone="idle" style={width(cancelled)} />
    </>
  );
}

function Counts({ batch, cancelled, stale }: FiguresProps & { readonly stale: boolean }) {
  const parts: [string, number][] = [
    ['done', batch.completed],
    ['failed', batch.failed - cancelled],
    ['cancelled', cancelled],
    ['running', batch.executing],
    ['waiting', batch.pending],
  ];
  return (
    <span className="batch-counts" data-testid="batch-counts">
      {count(batch.total, 'tool')}
      {parts
        .filter(([, n]) => n > 0)
        .map(([name, n]) => (
          <span key={name} data-count={name}>
            {n} {stale && name === 'running' ? 'were running' : name}
          </span>
        ))}
    </span>
  );
}

function Times({ session, batch }: { readonly session: Session; readonly batch: ViewBatch }) {
  const ended = batchEnded(batch.state);
  const since = useSince(session);
  const now = useKnownNow(session, !ended);
  const began = Date.parse(batch.startedAt);
  const { progress } = batch;
  if (ended) {
    const took = batch.endedAt === undefined ? progress?.elapsedMs : Date.parse(batch.endedAt) - began;
    return <span className="elapsed">{took === undefined ? '' : duration(took)}</span>;
  }
  const elapsed = now - began;
  const eta = progress?.etaMs === undefined ? undefined : Math.max(0, progress.etaMs - (elapsed - progress.elapsedMs));
  return (
    <>
      {since !== undefined || eta === undefined || eta < 500 || batch.state === 'paused' ? null : (
        <span className="eta" data-testid="batch-eta">
          {`about ${duration(Math.round(eta / 1_000) * 1_000)} left`}
        </span>
      )}
      {since === undefined ? null : (
        <span className="eta" data-testid="batch-as-of">
          as of {clockTime(since.local)}
        </span>
      )}
      <span className="elapsed" data-testid="batch-elapsed">
        {ticking(elapsed)}
      </span>
    </>
  );
}

function Controls({ session, batchId, batch }: BatchProps & { readonly batch: ViewBatch }) {
  const paused = batch.state === 'paused';
  return (
    <>
      <CommandButton
        session={session}
        command={`${paused ? 'resume' : 'pause'}:${batchId}`}
        what={paused ? 'Resuming' : 'Pausing'}
        send={() => (paused ? session.resumeBatch(batchId) : session.pauseBatch(batchId))}
        label={paused ? 'Resume' : 'Pause'}
        icon={paused ? 'play' : 'pause'}
        kind="quiet"
        className="button-small"
        testId={paused ? 'batch-resume' : 'batch-pause'}
      />
      <CommandButton
        session={session}
        command={`cancel:${batchId}`}
        what="Cancelling"
        send={() => session.cancelBatch(batchId)}
        label="Cancel all"
        icon="close"
        kind="quiet"
        className="button-small"
        testId="batch-cancel"
      />
    </>
  );
}
