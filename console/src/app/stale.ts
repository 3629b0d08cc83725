import type { Session } from '@toolruntime/client';
import { useSyncExternalStore } from 'react';
import type { Status } from '../tools/status.ts';
import { useNow } from '../ui/useNow.ts';
import { serverNow } from './clock.ts';

/** When a session was heard of last, by the server's clock and by this computer's. */
export interface Since {
  readonly server: number;
  readonly local: number;
}

const sinces = new WeakMap<Session, Since>();

function sinceOf(session: Session): Since | undefined {
  const { loaded, status } = session.getSnapshot();
  if (status === 'live' || !loaded) {
    sinces.delete(session);
    return undefined;
  }
  let since = sinces.get(session);
  if (since === undefined) {
    since = { server: serverNow(), local: Date.now() };
    sinces.set(session, since);
  }
  return since;
}

/** Since when nothing is heard of the session; while it is live, `undefined`. */
export function useSince(session: Session): Since | undefined {
  const get = () => sinceOf(session);
  return useSyncExternalStore(session.subscribe, get, get);
}

/** The server's time while the session is live; else the moment up to which things are known: nobody can say what runs now. */
export function useKnownNow(session: Session, active: boolean): number {
  const since = useSince(session);
  const now = useNow(active && since === undefined);
  return since?.server ?? now;
}

/** A state as it was when it was heard of last: what ran then may have ended. */
export function lastKnown(status: Status, since: Since | undefined): Status {
  if (since === undefined || status.tone !== 'busy') return status;
  const label = `Was ${status.label.charAt(0).toLowerCase()}${status.label.slice(1)}`;
  return { label, icon: 'clock', tone: 'idle' };
}

/** A time of day with its seconds. */
export function clockTime(at: number): string {
  return new Date(at).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}
