import type { Session, ViewBatch } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { clockTime, lastKnown, useKnownNow, useSince } from '../app/stale.ts';
import { Button } from '../ui/Button.tsx';
import { CommandButton } from '../ui/CommandButton.tsx';
import { count, countdown, duration } from '../ui/format.ts';
import { icons } from '../ui/icons.tsx';
import { useFresh, useNew } from '../ui/useFresh.ts';
import { RetryFailed } from './Again.tsx';
import { approvalEnd, approveAll } from './approvals.ts';
import { Summary } from './Summary.tsx';
import { batchEnded, batchIsEnding, batchStatus, type Figures, figuresOf } from './status.ts';

interface BatchBarProps {
  readonly session: Session;
  readonly batchId: string;
  readonly batch: ViewBatch;
  readonly timeline: boolean;
  readonly toggleTimeline: () => void;
}

/** How a batch is doing as a whole, and what can be done about it. */
export function BatchBar({ session, batchId, batch, timeline, toggleTimeline }: BatchBarProps) {
  const figures = useSessionValue(session, (s) => figuresOf(s.view, batch));
  const ended = batchEnded(batch.state);
  const fresh = useFresh(ended);
  const begun = useNew(batch.startedAt);
  const since = useSince(session);
  const status = lastKnown(batchStatus(batch, figures), since);
  // What the status says already is not said again beside it.
  const told = batch.state === 'executing' && figures.asking === 0 && figures.running > 0 && !batchIsEnding(figures);
  const percent = ended ? 100 : Math.max(batch.progress?.percent ?? 0, share(batch));
  return (
    <div
      className="batch-bar"
      data-testid="batch-bar"
      data-batch-id={batchId}
      data-state={batch.state}
      data-asking={figures.asking}
      data-fresh={fresh}
      data-new={begun}
      data-tone={status.tone}
    >
      <div className="batch-line">
        <span className="status" data-testid="batch-status" data-tone={status.tone}>
          {icons[status.icon]}
          <span>{status.label}</span>
        </span>
        <Counts figures={figures} ended={ended} told={told} stale={since !== undefined} />
        <span className="batch-side">
          {figures.asking > 0 && !ended ? (
            <Asking session={session} batch={batch} asking={figures.asking} />
          ) : (
            <Times session={session} batch={batch} />
          )}
          <Button
            label="Timeline"
            kind="quiet"
            className="button-small"
            aria-expanded={timeline}
            testId="batch-timeline"
            onClick={toggleTimeline}
          />
          {ended && figures.failed > 0 ? <RetryFailed session={session} batch={batch} /> : null}
          {ended || batchIsEnding(figures) ? null : <Controls session={session} batchId={batchId} batch={batch} />}
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
        {ended ? <Shares figures={figures} /> : <i style={{ width: `${percent}%` }} />}
      </div>
      {ended ? <Summary session={session} batch={batch} /> : null}
    </div>
  );
}

function share({ completed, failed, total }: ViewBatch): number {
  return total === 0 ? 0 : ((completed + failed) / total) * 100;
}

function Shares({ figures }: { readonly figures: Figures }) {
  const width = (n: number) => ({ width: `${figures.total === 0 ? 0 : (n / figures.total) * 100}%` });
  return (
    <>
      <i data-tone="good" style={width(figures.done)} />
      <i data-tone="bad" style={width(figures.failed)} />
      <i data-tone="idle" style={width(figures.cancelled + figures.denied)} />
    </>
  );
}

interface CountsProps {
  readonly figures: Figures;
  readonly ended: boolean;
  /** The status says how many of how many run. */
  readonly told: boolean;
  /** Nothing is heard of them at the moment. */
  readonly stale: boolean;
}

function Counts({ figures, ended, told, stale }: CountsProps) {
  const parts: [string, number][] = [
    ['done', figures.done],
    ['failed', figures.failed],
    ['denied', figures.denied],
    ['cancelled', figures.cancelled],
    ['running', told ? 0 : figures.running],
    ['waiting', figures.waiting],
  ];
  return (
    <span className="batch-counts" data-testid="batch-counts">
      {told ? null : <span>{count(figures.total, 'tool')}</span>}
      {parts
        .filter(([name, n]) => n > 0 && !(ended && name === 'done' && n === figures.total))
        .map(([name, n]) => (
          <span key={name} data-count={name}>
            {n} {stale && name === 'running' ? 'were running' : name}
          </span>
        ))}
    </span>
  );
}

interface AskingProps {
  readonly session: Session;
  readonly batch: ViewBatch;
  readonly asking: number;
}

/** What people have to say, and how long they have for it. */
function Asking({ session, batch, asking }: AskingProps) {
  const now = useKnownNow(session, batch.state === 'executing');
  const end = batch.state === 'executing' ? approvalEnd(batch, asking) : undefined;
  return (
    <>
      {end === undefined ? null : (
        <span className="eta" data-testid="batch-expires" title="Without an answer the tools then time out">
          {`expires in ${countdown(end - now)}`}
        </span>
      )}
      {asking > 1 ? (
        <Button
          label={`Approve all ${asking}`}
          icon="check"
          kind="primary"
          className="button-small"
          testId="batch-approve-all"
          aria-keyshortcuts="Shift+A"
          title="Approve all (Shift+A while one of them has the focus)"
          onClick={() => approveAll(session, batch)}
        />
      ) : null}
    </>
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
  // The server only says what it has measured. What runs over that has none any more.
  const left = progress?.etaMs === undefined ? 0 : progress.etaMs - (elapsed - progress.elapsedMs);
  return (
    <>
      {since !== undefined || left < 500 || batch.state === 'paused' ? null : (
        <span className="eta" data-testid="batch-eta">
          {`about ${countdown(left)} left`}
        </span>
      )}
      {since === undefined ? null : (
        <span className="eta" data-testid="batch-as-of">
          as of {clockTime(since.local)}
        </span>
      )}
      <span className="elapsed" data-testid="batch-elapsed">
        {duration(elapsed)}
      </span>
    </>
  );
}

interface ControlsProps {
  readonly session: Session;
  readonly batchId: string;
  readonly batch: ViewBatch;
}

/** The one Pause and the one Stop: of the reply that the tools belong to, or of the batch where there is none. */
function Controls({ session, batchId, batch }: ControlsProps) {
  const { messageId } = batch;
  const paused = batch.state === 'paused';
  const resume = () => (messageId === undefined ? session.resumeBatch(batchId) : session.resumeMessage(messageId));
  const pause = () => (messageId === undefined ? session.pauseBatch(batchId) : session.pauseMessage(messageId));
  const stop = () => (messageId === undefined ? session.cancelBatch(batchId) : session.cancelMessage(messageId));
  return (
    <>
      <CommandButton
        session={session}
        command={`${paused ? 'resume' : 'pause'}:${messageId ?? batchId}`}
        what={paused ? 'Resuming' : 'Pausing'}
        send={paused ? resume : pause}
        label={paused ? 'Resume' : 'Pause'}
        icon={paused ? 'play' : 'pause'}
        kind="quiet"
        className="button-small"
        testId={paused ? 'batch-resume' : 'batch-pause'}
      />
      <CommandButton
        session={session}
        command={`cancel:${messageId ?? batchId}`}
        what="Stopping"
        send={stop}
        label="Stop"
        icon="stop"
        kind="quiet"
        className="button-small"
        testId="batch-cancel"
        title={messageId === undefined ? 'Stop all tools' : 'Stop the reply and its tools'}
      />
    </>
  );
}
