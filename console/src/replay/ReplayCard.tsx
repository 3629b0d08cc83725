import type { OutputStream, ViewExecution } from '@toolruntime/client';
import { memo } from 'react';
import { describeArguments } from '../tools/describe.ts';
import { executionStatus, hasEnded } from '../tools/status.ts';
import { duration } from '../ui/format.ts';
import { icons } from '../ui/icons.tsx';
import { ReplayOutput } from './ReplayOutput.tsx';

interface ReplayCardProps {
  readonly executionId: string;
  readonly execution: ViewExecution;
  /** The time of the moment; only told of what runs. */
  readonly now: number | undefined;
}

/** A tool as it was at a moment. */
export const ReplayCard = memo(function ReplayCard({ executionId, execution, now }: ReplayCardProps) {
  const { name, attempt, state, output, error, progress, summary } = execution;
  const status = executionStatus(execution);
  const what = describeArguments(execution.arguments);
  const streams = (Object.keys(output) as OutputStream[]).filter((stream) => output[stream] !== undefined);
  return (
    <article
      className="card"
      data-testid="replay-card"
      data-execution-id={executionId}
      data-state={state}
      data-tone={status.tone}
      aria-label={`${name}: ${status.label}`}
    >
      <header className="card-head">
        <span className="card-name">{name}</span>
        <span className="card-what" title={what}>
          {what}
        </span>
        {attempt > 1 ? <span className="badge">attempt {attempt}</span> : null}
        <span className="status" data-tone={status.tone}>
          {icons[status.icon]}
          <span>{status.label}</span>
        </span>
        <span className="elapsed">{elapsed(execution, now)}</span>
      </header>
      <div className="card-body">
        {progress === undefined || hasEnded(state) ? null : (
          <div className="progress">
            <span className="progress-text">
              <b>{progress.stage}</b> {progress.message}
            </span>
            {progress.percent === undefined ? null : (
              <progress max={100} value={progress.percent} aria-label={progress.stage} />
            )}
          </div>
        )}
        {streams.map((stream) => {
          const tail = output[stream];
          const of = { executionId, name, stream, attempt };
          // Nobody prints nothing: what is empty was erased.
          if (tail?.text === '' && !tail.dropped) return <p key={stream} className="hint">{`${stream} was erased`}</p>;
          return tail && <ReplayOutput key={stream} {...of} tail={tail} />;
        })}
        {error === undefined ? null : (
          <p className="card-error">
            <code>{error.code}</code> {error.message}
          </p>
        )}
        {summary ? <p className="card-summary">{summary}</p> : null}
      </div>
    </article>
  );
});

function elapsed({ elapsedMs, startedAt, state }: ViewExecution, now: number | undefined): string {
  if (elapsedMs !== undefined && hasEnded(state)) return duration(elapsedMs);
  return startedAt === undefined || now === undefined ? '' : duration(now - Date.parse(startedAt));
}
