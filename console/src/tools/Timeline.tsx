import type { Session, ViewBatch } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { useKnownNow } from '../app/stale.ts';
import { duration } from '../ui/format.ts';
import { batchEnded } from './status.ts';
import type { Span, TimelineRecorder } from './timeline.ts';

interface TimelineProps {
  readonly session: Session;
  readonly batch: ViewBatch;
  readonly recorder: TimelineRecorder;
  /** Goes to a tool's card. */
  readonly choose: (executionId: string) => void;
}

const names: Readonly<Record<Span['kind'], string>> = {
  waiting: 'waiting',
  approval: 'awaiting approval',
  running: 'running',
  backoff: 'retrying',
  suspended: 'paused',
};

/** Who ran when: a bar for each tool, from the batch's start to its end or to now. */
export function Timeline({ session, batch, recorder, choose }: TimelineProps) {
  const now = useKnownNow(session, !batchEnded(batch.state));
  const view = useSessionValue(session, (s) => s.view);
  const begun = Date.parse(batch.startedAt);
  const end = batch.endedAt === undefined ? Math.max(now, begun) : Date.parse(batch.endedAt);
  const total = Math.max(1, end - begun);
  const percent = (ms: number) => Math.max(0, Math.min(100, (ms / total) * 100));
  return (
    <div className="timeline" data-testid="timeline">
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: each row has a button */}
      <ol
        onClick={({ target }) => {
          const row = (target as Element).closest<HTMLElement>('[data-execution-id]');
          if (row?.dataset.executionId !== undefined) choose(row.dataset.executionId);
        }}
      >
        {recorder.rows(view, batch).map((row) => (
          <li key={row.executionId} data-execution-id={row.executionId} data-state={row.state}>
            <button
              type="button"
              className="timeline-name"
              title={`${row.name} ${row.what}`}
              data-testid="timeline-row"
            >
              {row.name} <span className="hint">{row.what}</span>
            </button>
            <span className="timeline-track">
              {row.spans.map((span) => {
                const to = span.to ?? end;
                const what = `${row.name}: ${names[span.kind]}${span.attempt > 1 ? `, attempt ${span.attempt}` : ''}, ${duration(to - span.from)}`;
                return (
                  <i
                    key={`${span.kind}:${span.from}:${span.attempt}`}
                    role="img"
                    data-kind={span.kind}
                    title={what}
                    aria-label={what}
                    style={{ left: `${percent(span.from - begun)}%`, width: `${percent(to - span.from)}%` }}
                  />
                );
              })}
            </span>
          </li>
        ))}
      </ol>
      <p className="timeline-scale">
        <span>0</span>
        <span>{duration(total / 2)}</span>
        <span>{duration(total)}</span>
      </p>
    </div>
  );
}
