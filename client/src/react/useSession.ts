import { useEffect, useSyncExternalStore } from 'react';
import type { Connection } from '../connection/connection.ts';
import type { Session, SessionSnapshot } from '../session/session.ts';

/** The session of that id, open for as long as the component is mounted. Does not by itself render again on changes. */
export function useSession(connection: Connection, id: string): Session {
  const session = connection.session(id);
  useEffect(() => session.acquire(), [session]);
  return session;
}

/** All of a session; renders again at most once a painted frame, on any change. Prefer {@link useSessionValue} for parts. */
export function useSessionSnapshot(session: Session): SessionSnapshot {
  return useSyncExternalStore(session.subscribe, session.getSnapshot, session.getSnapshot);
}

/**
 * A part of a session; renders again only when that part is another object or value. `select` has to return something that the snapshot
 * holds (or a primitive), not something that it makes: `(s) => s.view.executions[id]`.
 */
export function useSessionValue<T>(session: Session, select: (snapshot: SessionSnapshot) => T): T {
  const get = () => select(session.getSnapshot());
  return useSyncExternalStore(session.subscribe, get, get);
}
