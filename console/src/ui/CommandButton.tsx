import type { Session } from '@toolruntime/client';
import type { ComponentProps } from 'react';
import { useSince } from '../app/stale.ts';
import { Button } from './Button.tsx';
import { icons } from './icons.tsx';
import { sendOnce, usePending } from './pending.ts';

interface CommandButtonProps extends Omit<ComponentProps<typeof Button>, 'onClick'> {
  readonly session: Session;
  /** Names the command and what it is about: it is sent once until it is answered. */
  readonly command: string;
  /** What is being done, for the notice that it was refused. */
  readonly what: string;
  readonly send: () => Promise<unknown>;
}

/** A button that sends a command. Until that is answered it says so, and without a connection that it waits for one. */
export function CommandButton({ session, command, what, send, ...button }: CommandButtonProps) {
  const pending = usePending(command);
  const since = useSince(session);
  const waits = pending && since !== undefined;
  return (
    <>
      {waits ? (
        <span className="waits" role="status" data-testid="command-waiting" title={`${what}: waits for the connection`}>
          {icons.clock}
          <span>{button.iconOnly ? 'Waits' : 'Waits for the connection'}</span>
        </span>
      ) : null}
      <Button
        {...button}
        aria-disabled={pending}
        data-pending={pending}
        onClick={() => sendOnce(command, what, send)}
      />
    </>
  );
}
