import { useEffect, useState } from 'react';
import { connection } from '../app/connection.ts';
import { loadStatistics, type Question, Refused, type Statistics } from './api.ts';
import { follow } from './follow.ts';

/** What is known: the latest answer to this question, and why there is no newer one. */
export interface Known {
  readonly statistics: Statistics | undefined;
  readonly refused: Refused | undefined;
}

const nothing: Known = { statistics: undefined, refused: undefined };

/** The figures, looked at again whenever the feed over sessions tells of a change. An older window's stay until the next are there. */
export function useStatistics({ window, session, tool }: Question): Known {
  const [known, setKnown] = useState(nothing);
  useEffect(() => {
    const asked = new AbortController();
    let busy = false;
    let again = false;
    const look = () => {
      again = busy;
      if (busy) return;
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
          if (again && !asked.signal.aborted) look();
        });
    };
    const stop = follow(connection.watchSessions(), session, look);
    return () => {
      asked.abort();
      stop();
    };
  }, [window, session, tool]);
  return known;
}
