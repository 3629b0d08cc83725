import type { Session } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { lazy, Suspense, useCallback, useRef, useState } from 'react';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { showLarge, useLarge } from './large.ts';
import { marksOf } from './turns/jumps.ts';
import { Turns } from './turns/Turns.tsx';

// A page without terminals need not load one.
const Pty = lazy(async () => ({ default: (await import('./Pty.tsx')).Pty }));

interface TerminalCardProps {
  readonly session: Session;
  readonly executionId: string;
  readonly name: string;
}

/** A terminal in its card, or large in a dialog. */
export function TerminalCard({ session, executionId, name }: TerminalCardProps) {
  const large = useLarge(executionId);
  return (
    <>
      <div className="pty-card">
        {large ? (
          <LargeTerminal session={session} executionId={executionId} name={name} />
        ) : (
          <Suspense fallback={null}>
            <Pty session={session} executionId={executionId} />
          </Suspense>
        )}
        <Button
          label={`Show the terminal of ${name} large`}
          icon="expand"
          iconOnly
          kind="quiet"
          className="button-small"
          testId="pty-large"
          onClick={() => showLarge(executionId)}
        />
      </div>
      <Turns session={session} executionId={executionId} />
    </>
  );
}

/** A terminal in a dialog, where it is typed into. */
export function LargeTerminal({ session, executionId, name }: TerminalCardProps) {
  const inside = useRef<HTMLDivElement>(null);
  const [listed, setListed] = useState(false);
  const count = useSessionValue(session, (s) => s.view.executions[executionId]?.turns?.length ?? 0);
  const leave = useCallback(() => {
    inside.current?.closest('dialog')?.querySelector<HTMLElement>('.dialog-head button')?.focus();
  }, []);
  return (
    <Dialog
      title={`Terminal: ${name}`}
      head={
        <>
          <span className="hint">Shift+Escape leaves it</span>
          {count === 0 ? null : (
            <span className="pty-steps">
              <Button
                label="Previous question (Ctrl+Shift+Up)"
                icon="up"
                iconOnly
                kind="quiet"
                testId="pty-previous"
                onClick={() => marksOf(executionId)?.step(-1)}
              />
              <Button
                label="Next question (Ctrl+Shift+Down)"
                icon="down"
                iconOnly
                kind="quiet"
                testId="pty-next"
                onClick={() => marksOf(executionId)?.step(1)}
              />
              <Button
                label={count === 1 ? '1 turn' : `${count} turns`}
                icon="list"
                kind="quiet"
                className="button-small"
                testId="pty-turns"
                aria-expanded={listed}
                onClick={() => setListed(!listed)}
              />
            </span>
          )}
        </>
      }
      className="pty-dialog"
      testId="pty-dialog"
      keepsEscape
      closed={() => showLarge(undefined)}
    >
      {() => (
        <div className="pty-large" ref={inside}>
          <Suspense fallback={null}>
            <Pty session={session} executionId={executionId} leave={leave} />
          </Suspense>
          {listed ? <Turns session={session} executionId={executionId} /> : null}
        </div>
      )}
    </Dialog>
  );
}
