import { CommandError } from '@toolruntime/client';
import { useCallback, useRef, useState } from 'react';

interface RunningCommand {
  readonly busy: boolean;
  /** Why the last one was refused. */
  readonly error: string | undefined;
  /** Sends one, unless one is on its way; `done` is called once it was taken. */
  readonly run: (send: () => Promise<unknown>, done: () => void) => void;
}

/** A command of a form, which stays open with the reason if it is refused. */
export function useCommand(): RunningCommand {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const sending = useRef(false);
  const run = useCallback((send: () => Promise<unknown>, done: () => void) => {
    if (sending.current) return;
    sending.current = true;
    setBusy(true);
    setError(undefined);
    const settle = () => {
      sending.current = false;
      setBusy(false);
    };
    send().then(
      () => {
        settle();
        done();
      },
      (why: unknown) => {
        settle();
        setError(reason(why));
      },
    );
  }, []);
  return { busy, error, run };
}

/** Why a command failed, for people. */
export function reason(error: unknown): string {
  return error instanceof CommandError ? error.message || error.code : String(error);
}
