import type { Session, ViewMessage } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { reason } from '../ui/useCommand.ts';

/** Messages that a page asks for. */
const pageSize = 50;
/** So many messages a view keeps; with fewer there is nothing before them, unless it says so. */
const viewKeeps = 200;

/** Messages older than the view's. */
export interface Older {
  readonly messages: readonly ViewMessage[];
  /** Whether there may be more before them. */
  readonly more: boolean;
  readonly loading: boolean;
  readonly error: string | undefined;
  readonly load: () => void;
}

/**
 * Pages of messages from before the view, and those that have left it since: nothing goes missing between the two.
 * @param keepPlace makes a change above what is being read, without moving it.
 */
export function useOlder(session: Session, keepPlace: (change: () => void) => void): Older {
  const view = useSessionValue(session, (s) => s.view.messages);
  const leftOut = useSessionValue(session, (s) => (s.view.leftOut?.messages ?? 0) > 0);
  const [older, setOlder] = useState<readonly ViewMessage[]>([]);
  const [end, setEnd] = useState(false);
  const [loading, setLoading] = useState(false);
  const [error, setError] = useState<string>();
  const seen = useRef(view);
  const wanted = useRef(false);

  useEffect(() => {
    const before = seen.current;
    seen.current = view;
    if (view.length === 0) {
      wanted.current = false;
      setOlder([]);
      setEnd(false);
      return;
    }
    const kept = new Set(view.map((m) => m.id));
    const left = before.filter((m) => !kept.has(m.id));
    if (left.length > 0 && wanted.current) setOlder((messages) => [...messages, ...left]);
  }, [view]);

  const first = older[0] ?? view[0];
  const load = useCallback(() => {
    if (loading || first === undefined) return;
    wanted.current = true;
    setLoading(true);
    setError(undefined);
    session
      .readMessages({ before: first.id, limit: pageSize })
      .then(
        ({ messages, more }) =>
          keepPlace(() => {
            setOlder((known) => [...messages, ...known]);
            setEnd(!more);
          }),
        (why: unknown) => setError(reason(why)),
      )
      .finally(() => setLoading(false));
  }, [session, first, loading, keepPlace]);
  return {
    messages: older,
    more: !end && (older.length > 0 || leftOut || view.length >= viewKeeps),
    loading,
    error,
    load,
  };
}
