import type { OutputStream, Session, ViewExecution } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { memo, useRef, useState } from 'react';
import { showReplay } from '../app/route.ts';
import { lastKnown, useKnownNow, useSince } from '../app/stale.ts';
import { RunAsJob } from '../jobs/RunAsJob.tsx';
import { Result } from '../results/Result.tsx';
import { hitsOf, isSearch } from '../results/search.ts';
import { Button } from '../ui/Button.tsx';
import { CommandButton } from '../ui/CommandButton.tsx';
import { focusAfter } from '../ui/focusAfter.ts';
import { duration } from '../ui/format.ts';
import { icons } from '../ui/icons.tsx';
import { useKept } from '../ui/kept.ts';
import { useFresh } from '../ui/useFresh.ts';
import { Again, Change } from './Again.tsx';
import { Blobs } from './Blobs.tsx';
import { describeArguments } from './describe.ts';
import { Output } from './Output.tsx';
import { TerminalCard } from './pty/TerminalCard.tsx';
import { StillWorking } from './StillWorking.tsx';
import { executionStatus, hasEnded, isDenied } from './status.ts';
import { Terminal } from './Terminal.tsx';
import { Approval, Input } from './ToolControls.tsx';
import { Values } from './Values.tsx';

interface ToolCardProps {
  readonly session: Session;
  readonly executionId: string;
  /** Whether ended tools begin folded, as in large batches. */
  readonly compact: boolean;
  /** Whether all begin folded. */
  readonly dense?: boolean;
}

const streams: readonly OutputStream[] = ['stdout', 'stderr', 'result'];

/** One execution, live. Renders again only when its own execution changes. */
export const ToolCard = memo(function ToolCard({ session, executionId, compact, dense = false }: ToolCardProps) {
  const execution = useSessionValue(session, (s) => s.view.executions[executionId]);
  const since = useSince(session);
  const fresh = useFresh(execution !== undefined && hasEnded(execution.state));
  const [unfolded, setUnfolded] = useKept<boolean | undefined>(session, `unfolded:${executionId}`, undefined);
  if (execution === undefined) return null;
  const status = lastKnown(executionStatus(execution), since);
  const ended = hasEnded(execution.state);
  const open = unfolded ?? !(dense || (compact && (ended || execution.state === 'pending')));
  const what = describeArguments(execution.arguments);
  return (
    <article
      className="card"
      data-testid="tool-card"
      data-execution-id={executionId}
      data-tool={execution.name}
      data-state={execution.state}
      data-attempt={execution.attempt}
      data-fresh={fresh}
      data-tone={status.tone}
      aria-label={`${execution.name}: ${status.label}`}
    >
      <header className="card-head">
        <button
          type="button"
          className="card-fold"
          aria-expanded={open}
          aria-label={`${open ? 'Fold' : 'Unfold'} ${execution.name}`}
          onClick={() => setUnfolded(!open)}
        >
          {icons[open ? 'down' : 'right']}
        </button>
        <span className="card-name">{execution.name}</span>
        <span className="card-what" title={what}>
          {what}
        </span>
        {execution.tool === undefined ? null : (
          <span className="badge" data-testid="tool-fallback" title={`Instead of ${execution.name}, which could not`}>
            by {execution.tool}
          </span>
        )}
        {execution.attempt > 1 ? (
          <span className="badge" data-testid="tool-attempt">
            attempt {execution.attempt}
          </span>
        ) : null}
        <span className="status" data-testid="tool-status" data-tone={status.tone}>
          {icons[status.icon]}
          <span>{status.label}</span>
        </span>
        <Elapsed session={session} execution={execution} />
        {ended ? null : (
          <CommandButton
            session={session}
            command={`cancel:${executionId}`}
            what={`Cancelling ${execution.name}`}
            send={() => session.cancelTool(executionId)}
            label={`Cancel ${execution.name}`}
            icon="close"
            iconOnly
            kind="quiet"
            testId="tool-cancel"
          />
        )}
      </header>
      {open ? <Body session={session} executionId={executionId} execution={execution} /> : null}
    </article>
  );
});

function Elapsed({ session, execution }: { readonly session: Session; readonly execution: ViewExecution }) {
  const running = execution.startedAt !== undefined && !hasEnded(execution.state);
  const now = useKnownNow(session, running);
  const began = execution.startedAt === undefined ? undefined : Date.parse(execution.startedAt);
  const text =
    execution.elapsedMs !== undefined && !running
      ? duration(execution.elapsedMs)
      : began && running
        ? duration(now - began)
        : '';
  return (
    <span className="elapsed" data-testid="tool-elapsed">
      {text}
    </span>
  );
}

interface BodyProps {
  readonly session: Session;
  readonly executionId: string;
  readonly execution: ViewExecution;
}

function Body({ session, executionId, execution }: BodyProps) {
  const { progress, error, output, state } = execution;
  const ended = hasEnded(state);
  const [typing, setTyping] = useState(false);
  const [terminal, setTerminal] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  const typed = () => focusAfter(() => setTyping(false), body.current, 'tool-input-open');
  const canType = state === 'executing' && execution.input === true && execution.terminal === undefined;
  const pages = isSearch(execution) && hitsOf(execution).length > 0;
  const shown = streams.filter((stream) => {
    // Pages that were found are shown as such.
    if (stream === 'result' && pages) return false;
    const { text = '', offset = 0, dropped = 0 } = output[stream] ?? {};
    return text !== '' || offset + dropped > 0;
  });
  return (
    <div className="card-body" ref={body}>
      {progress !== undefined && !ended ? <Progress {...progress} /> : null}
      {state === 'executing' ? <StillWorking session={session} executionId={executionId} /> : null}
      {state === 'awaiting_approval' ? (
        <Approval session={session} executionId={executionId} execution={execution} />
      ) : null}
      {execution.terminal === undefined || execution.attempt === 0 ? null : (
        <TerminalCard session={session} executionId={executionId} name={execution.name} />
      )}
      {shown.map((stream) => {
        const tail = output[stream];
        const label = `${execution.name} ${stream}`;
        const of = { executionId, stream, attempt: execution.attempt };
        return tail && <Output key={stream} {...of} tail={tail} label={label} />;
      })}
      {error === undefined ? null : (
        <p className="card-error" data-testid="tool-error" data-code={error.code}>
          {told(execution) ? (
            error.message
          ) : (
            <>
              <code>{error.code}</code> {error.message}
            </>
          )}
        </p>
      )}
      <Result session={session} executionId={executionId} execution={execution} />
      <Blobs value={ended ? execution.result : progress?.details} />
      {execution.summary ? (
        <p className="card-summary" data-testid="tool-summary">
          {execution.summary}
        </p>
      ) : null}
      {typing && canType ? <Input session={session} executionId={executionId} close={typed} /> : null}
      <div className="card-foot">
        {state === 'awaiting_approval' ? null : (
          <Details session={session} executionId={executionId} execution={execution} />
        )}
        {canType && !typing ? (
          <Button
            label="Send input"
            kind="quiet"
            className="button-small"
            testId="tool-input-open"
            onClick={() => setTyping(true)}
          />
        ) : null}
        {ended ? <Again session={session} executionId={executionId} execution={execution} /> : null}
        {ended ? <Change session={session} executionId={executionId} execution={execution} /> : null}
        {execution.attempt > 0 ? (
          <Button
            label={`Replay ${execution.name}`}
            icon="replay"
            iconOnly
            kind="quiet"
            className="button-small"
            testId="tool-replay"
            onClick={() => showReplay(session.id, executionId)}
          />
        ) : null}
        {ended ? <RunAsJob session={session} executionId={executionId} execution={execution} /> : null}
        {shown.length > 0 ? (
          <Button
            label={`Open the output of ${execution.name} in a terminal`}
            icon="expand"
            iconOnly
            kind="quiet"
            className="button-small"
            testId="tool-terminal-open"
            onClick={() => setTerminal(true)}
          />
        ) : null}
      </div>
      {terminal ? <Terminal session={session} executionId={executionId} close={() => setTerminal(false)} /> : null}
    </div>
  );
}

/** Whether the status says already what the error's code says. */
function told(execution: ViewExecution): boolean {
  return execution.state === 'cancelled' || isDenied(execution);
}

function Progress({ stage, percent, message }: NonNullable<ViewExecution['progress']>) {
  return (
    <div className="progress" data-testid="tool-progress" data-percent={percent}>
      <span className="progress-text">
        <b>{stage}</b> {message}
      </span>
      {percent === undefined ? null : (
        <>
          <progress max={100} value={percent} aria-label={`${stage}, ${Math.round(percent)} percent`} />
          <span className="progress-percent">{Math.round(percent)} %</span>
        </>
      )}
    </div>
  );
}

function Details(props: BodyProps) {
  return (
    <details className="card-details">
      <summary>{props.execution.result === undefined ? 'Arguments' : 'Arguments and result'}</summary>
      <Values {...props} values={['arguments', 'result']} />
    </details>
  );
}
