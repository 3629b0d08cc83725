import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { connection } from '../app/connection.ts';

/** An execution that has not ended, of a session that the caller may read. */
export interface Running {
  readonly session: string;
  readonly execution: string;
  readonly name: string;
  readonly state: string;
  /** The session's title, or its id. */
  readonly title: string;
}

/** What runs in all sessions, told by the feed over sessions: of each session at most 16. */
export function useRunning(): { readonly running: readonly Running[]; readonly titles: ReadonlyMap<string, string> } {
  const watch = connection.watchSessions();
  useEffect(() => watch.acquire(), [watch]);
  const { sessions } = useSyncExternalStore(watch.subscribe, watch.getSnapshot);
  return useMemo(() => {
    const titles = new Map(sessions.map(({ session, title }) => [session, title || session]));
    const running = sessions.flatMap(({ session, title, executions }) =>
      (executions ?? []).map(({ executionId, name, state }) => ({
        session,
        execution: executionId,
        name,
        state,
        title: title || session,
      })),
    );
    return { running, titles };
  }, [sessions]);
}
