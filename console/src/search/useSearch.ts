import { useCallback, useEffect, useState } from 'react';
import { reason } from '../ui/useCommand.ts';
import { type Found, type Hit, queryOf, search } from './api.ts';

/** So long nothing is typed before the server is asked. */
const pauseMs = 120;
const shortest = 2;

interface Search {
  /** What was found for what is typed, or, until that is there, for what was before. */
  readonly found: Found | undefined;
  readonly busy: boolean;
  readonly error: string | undefined;
  readonly more: () => void;
}

/** Searches as one types. */
export function useSearch(typed: string): Search {
  const [found, setFound] = useState<Found>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const query = queryOf(typed);
  const empty = query.replace(/[*"]/g, '').trim().length < shortest;
  const run = useCallback(
    (after: string | undefined, before: readonly Hit[], signal: AbortSignal) => {
      setBusy(true);
      search(query, after, signal)
        .then((page) => {
          setFound({ ...page, hits: [...before, ...page.hits] });
          setError(undefined);
          setBusy(false);
        })
        .catch((fault: unknown) => {
          if (signal.aborted) return;
          setError(reason(fault));
          setBusy(false);
        });
    },
    [query],
  );
  useEffect(() => {
    if (empty) {
      setFound(undefined);
      setError(undefined);
      setBusy(false);
      return undefined;
    }
    const asking = new AbortController();
    const timer = setTimeout(() => run(undefined, [], asking.signal), pauseMs);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [empty, run]);
  const more = () => {
    if (found?.next !== undefined && !busy) run(found.next, found.hits, new AbortController().signal);
  };
  return { found, busy, error, more };
}
