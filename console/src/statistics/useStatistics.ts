import { useEffect, useState } from 'react';
import { loadStatistics, type Question, Refused, type Statistics } from './api.ts';

/** Milliseconds between two looks, while the page is seen. */
const pollMs = 5_000;

/** What is known: the latest answer to this question, and why there is no newer one. */
export interface Known {
  readonly statistics: Statistics | undefined;
  readonly refused: Refused | undefined;
}

const nothing: Known = { statistics: undefined, refused: undefined };

/** The figures, looked at again every few seconds while the page is seen. An older window's stay until the next are there. */
export function useStatistics({ window, session, tool }: Question): Known {
  const [known, setKnown] = useState(nothing);
  useEffect(() => {
    const asked = new AbortController();
    let busy = false;
    const look = () => {
      if (document.hidden || busy) return;
      busy = true;
      loadStatistics({ window, session, tool }, asked.signal)
        .then((statistics) => setKnown({ statistics, refused: undefined }))
        .catch((cause: unknown) => {
          if (asked.signal.aborted) return;
          const refused = cause instanceof Refused ? cause : new Refused('unavailable', 'The server gave no answer.');
          setKnown(({ statistics }) => ({
            statistics: refused.code === 'unavailable' ? statistics : undefined,
            refused,
          }));
        })
        .finally(() => {
          busy = false;
        });
    };
    look();
    const timer = setInterval(look, pollMs);
    document.addEventListener('visibilitychange', look);
    return () => {
      asked.abort();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [window, session, tool]);
  return known;
}
