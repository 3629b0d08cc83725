import type { Job } from '@toolruntime/client';
import type { MouseEvent } from 'react';
import { navigate, sessionPath } from '../app/route.ts';
import { Button } from '../ui/Button.tsx';
import { count, countdown, duration, when } from '../ui/format.ts';
import { icons } from '../ui/icons.tsx';
import { report } from '../ui/report.ts';
import { useNow } from '../ui/useNow.ts';
import { cancelJob, retryJob } from './jobs.ts';
import { jobEnded, jobStatus } from './status.ts';

interface JobRowProps {
  readonly job: Job;
  /** Called when something was done about it. */
  readonly changed: () => void;
}

/** One job: how it stands, how long it took or has to wait, and what can be done about it. */
export function JobRow({ job, changed }: JobRowProps) {
  const ended = jobEnded(job);
  const status = jobStatus(job);
  const name = job.tools.join(', ') || 'job';
  const open = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    navigate(job.session);
  };
  return (
    <li className="job" data-testid="job" data-job-id={job.jobId} data-state={job.state}>
      <div className="job-what">
        <a href={sessionPath(job.session)} onClick={open} data-testid="job-session" title="Open its session">
          {name}
        </a>
        <span className="hint">
          {job.total > 1 ? `${count(job.total, 'tool')} · ` : ''}
          {when(job.createdAt)}
          {job.priority === 'default' ? '' : ` · ${job.priority}`}
          {job.webhook ? ' · webhook' : ''}
        </span>
      </div>
      <div className="job-state">
        <span className="status" data-tone={status.tone} data-testid="job-state">
          {icons[status.icon]}
          <span>{status.label}</span>
        </span>
        {job.error === undefined ? null : <span className="hint">{job.error}</span>}
        {job.percent === undefined || ended ? null : (
          <progress max={100} value={job.percent} aria-label={`${name}, ${Math.round(job.percent)} percent`} />
        )}
      </div>
      <Times job={job} />
      <div className="job-acts">
        {ended ? (
          <Button
            label="Run again"
            icon="retry"
            kind="quiet"
            className="button-small"
            testId="job-retry"
            onClick={() => report('Running again', retryJob(job).then(changed))}
          />
        ) : (
          <Button
            label="Cancel"
            icon="stop"
            kind="quiet"
            className="button-small"
            testId="job-cancel"
            onClick={() => report('Cancelling', cancelJob(job).then(changed))}
          />
        )}
      </div>
    </li>
  );
}

/** How long it ran, or has run, or until when it waits. */
function Times({ job }: { readonly job: Job }) {
  const now = useNow(!jobEnded(job));
  const { state, notBefore, startedAt, endedAt, createdAt } = job;
  const until = endedAt === undefined ? now : Date.parse(endedAt);
  const waits = state === 'scheduled' && notBefore !== undefined;
  return (
    <span className="job-time" data-testid="job-time">
      {waits ? (
        <span title={`Starts ${when(notBefore)}`}>in {countdown(Date.parse(notBefore) - now)}</span>
      ) : startedAt === undefined ? (
        <span className="hint">waited {duration(until - Date.parse(createdAt))}</span>
      ) : (
        <span title={`Waited ${duration(Date.parse(startedAt) - Date.parse(createdAt))} before`}>
          {duration(until - Date.parse(startedAt))}
        </span>
      )}
    </span>
  );
}
