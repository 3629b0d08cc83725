import { useEffect, useState } from 'react';
import { Refused } from '../statistics/api.ts';
import type { Range } from './api.ts';

/** Milliseconds between two looks while the page is seen: the server takes a sample as often. */
const everyMs = 10_000;

interface Known<T> {
  readonly range: Range | undefined;
  readonly history: T | undefined;
  readonly refused: Refused | undefined;
}

/**
 * What the server remembers, looked at again while the page is seen. An older range's stays until the next is there.
 *
 * @param load asks for it; the same function each time.
 */
export function useHistory<T>(range: Range, load: (range: Range, signal: AbortSignal) => Promise<T>): Known<T> {
  const [known, setKnown] = useState<Known<T>>({ range: undefined, history: undefined, refused: undefined });
  useEffect(() => {
    const asked = new AbortController();
    let busy = false;
    const look = () => {
      if (document.hidden || busy) return;
      busy = true;
      load(range, asked.signal)
        .then((history) => setKnown({ range, history, refused: undefined }))
        .catch((cause: unknown) => {
          if (asked.signal.aborted) return;
          const refused = cause instanceof Refused ? cause : new Refused('unavailable', 'The server gave no answer.');
          setKnown((before) => ({ ...before, refused }));
        })
        .finally(() => {
          busy = false;
        });
    };
    look();
    const timer = setInterval(look, everyMs);
    document.addEventListener('visibilitychange', look);
    return () => {
      asked.abort();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [range, load]);
  return known;
}
