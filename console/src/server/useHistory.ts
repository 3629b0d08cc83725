import { useEffect, useState } from 'react';
import { Refused } from '../statistics/api.ts';
import { loadHistory, type MetricHistory, type Range } from './api.ts';
import { panelNames } from './panels.ts';

/** Milliseconds between two looks while the page is seen: the server takes a sample as often. */
const everyMs = 10_000;

interface Known {
  readonly range: Range | undefined;
  readonly history: MetricHistory | undefined;
  readonly refused: Refused | undefined;
}

/** What the server remembers, looked at again while the page is seen. An older range's stays until the next is there. */
export function useHistory(range: Range): Known {
  const [known, setKnown] = useState<Known>({ range: undefined, history: undefined, refused: undefined });
  useEffect(() => {
    const asked = new AbortController();
    let busy = false;
    const look = () => {
      if (document.hidden || busy) return;
      busy = true;
      loadHistory(range, panelNames, asked.signal)
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
  }, [range]);
  return known;
}
