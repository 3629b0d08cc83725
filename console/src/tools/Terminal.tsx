import type { OutputStream, Session, ViewExecution } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { report } from '../ui/report.ts';
import { describeArguments } from './describe.ts';

const Screen = lazy(() => import('./Screen.tsx'));

interface TerminalProps {
  readonly session: Session;
  readonly executionId: string;
  readonly close: () => void;
}

/** All that the server kept of a tool's output, in a real terminal, live while the tool runs. */
export function Terminal({ session, executionId, close }: TerminalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const live = useSessionValue(session, (s) => s.view.executions[executionId]);
  const [details, setDetails] = useState<ViewExecution>();
  const [stream, setStream] = useState<OutputStream>();
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    report('Reading the output', session.toolDetails(executionId).then(setDetails));
  }, [session, executionId]);
  const streams = (['stdout', 'stderr', 'result'] as const).filter((s) => live?.output[s] ?? details?.output[s]);
  const shown = stream ?? streams[0];
  return (
    <dialog ref={dialog} className="output-dialog" data-testid="terminal" aria-label="Output" onClose={close}>
      <header className="output-dialog-head">
        <b>{live?.name}</b>
        <span className="card-what">{live === undefined ? '' : describeArguments(live.arguments)}</span>
        {streams.length > 1
          ? streams.map((s) => (
              <Button
                key={s}
                label={s}
                kind={s === shown ? 'plain' : 'quiet'}
                className="button-small"
                aria-pressed={s === shown}
                onClick={() => setStream(s)}
              />
            ))
          : null}
        <Button
          label="Close"
          icon="close"
          iconOnly
          kind="quiet"
          testId="terminal-close"
          onClick={() => dialog.current?.close()}
        />
      </header>
      <Suspense fallback={<p className="hint">Loading the terminal</p>}>
        {shown === undefined || details === undefined ? null : (
          <Screen
            key={`${shown}:${live?.attempt}`}
            kept={details.attempt === live?.attempt ? details.output[shown] : undefined}
            live={live?.output[shown]}
          />
        )}
      </Suspense>
    </dialog>
  );
}
