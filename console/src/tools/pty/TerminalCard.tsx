import type { Session } from '@toolruntime/client';
import { lazy, Suspense, useCallback, useRef } from 'react';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { showLarge, useLarge } from './large.ts';
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
  const leave = useCallback(() => {
    inside.current?.closest('dialog')?.querySelector<HTMLElement>('.dialog-head button')?.focus();
  }, []);
  return (
    <Dialog
      title={`Terminal: ${name}`}
      head={<span className="hint">Shift+Escape leaves it</span>}
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
        </div>
      )}
    </Dialog>
  );
}
