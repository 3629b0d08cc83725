import { useEffect, useState } from 'react';
import type { Process } from './api.ts';
import { follow } from './follow.ts';
import { fold } from './table.ts';

interface Known {
  /** `undefined` until they are known. */
  readonly processes: ReadonlyMap<string, Process> | undefined;
  /** How many silos do not answer. */
  readonly silent: number;
  readonly error: string | undefined;
}

/** The processes of tools, or of all hosts, live while the page is seen. */
export function useProcesses(host: boolean): Known {
  const [known, setKnown] = useState<Known>({ processes: undefined, silent: 0, error: undefined });
  useEffect(() => {
    setKnown({ processes: undefined, silent: 0, error: undefined });
    return follow(host, {
      frame: (frame) =>
        setKnown(({ processes }) => ({
          processes: fold(processes ?? new Map(), frame),
          silent: frame.silent ?? 0,
          error: undefined,
        })),
      error: (error) => setKnown((before) => ({ ...before, error })),
    });
  }, [host]);
  return known;
}
