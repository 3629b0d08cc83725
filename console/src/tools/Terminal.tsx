import type { OutputStream, Session, ViewExecution } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
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
  const live = useSessionValue(session, (s) => s.view.executions[executionId]);
  const [details, setDetails] = useState<ViewExecution>();
  const [stream, setStream] = useState<OutputStream>();
  useEffect(() => {
    report('Reading the output', session.toolDetails(executionId).then(setDetails));
  }, [session, executionId]);
  const streams = (['stdout', 'stderr', 'result'] as const).filter((s) => live?.output[s] ?? details?.output[s]);
  const shown = stream ?? streams[0];
  return (
    <Dialog
      title={`Output of ${live?.name ?? 'a tool'}`}
      head={
        <>
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
        </>
      }
      className="output-dialog"
      testId="terminal"
      closed={close}
    >
      {() => (
        <Suspense fallback={<p className="hint">Loading the terminal</p>}>
          {shown === undefined || details === undefined ? null : (
            <Screen
              key={`${shown}:${live?.attempt}`}
              kept={details.attempt === live?.attempt ? details.output[shown] : undefined}
              live={live?.output[shown]}
            />
          )}
        </Suspense>
      )}
    </Dialog>
  );
}
