import type { Session } from '@toolruntime/client';
import { clockTime, useSince } from '../app/stale.ts';

/** Says of which time the conversation is while nothing is heard of it. */
export function Stale({ session }: { readonly session: Session }) {
  const since = useSince(session);
  return (
    <span className="stale" role="status" data-testid="stale">
      {since === undefined ? '' : `No connection since ${clockTime(since.local)}: all is shown as it was then.`}
    </span>
  );
}
