import { plainClick } from '../app/plainClick.ts';
import { navigate, sessionPath, showNamed } from '../app/route.ts';
import { show } from '../search/wanted.ts';
import { useSessions } from '../sessions/sessions.ts';
import type { Place } from './api.ts';

/** The way to an execution in its session; of a named process's run to the process. */
export function SessionLink({ place }: { readonly place: Place }) {
  const { session, executionId, messageId, named } = place;
  const title = useSessions().find(({ id }) => id === session)?.title || session;
  const go = () => {
    if (named === undefined) show({ session, executionId, ...(messageId === undefined ? {} : { messageId }) });
    else {
      navigate(session);
      showNamed(named);
    }
  };
  return (
    <a className="board-session" href={sessionPath(session)} title={`Show it in ${title}`} onClick={plainClick(go)}>
      {title}
    </a>
  );
}

interface ExitTextProps {
  readonly of: { readonly exitCode?: number; readonly signal?: string };
  readonly otherwise: string;
}

/** `exit 3`, `SIGKILL (137)`. */
export function ExitText({ of: { exitCode, signal }, otherwise }: ExitTextProps) {
  if (exitCode === undefined) return <>{otherwise}</>;
  return (
    <span data-tone={exitCode === 0 ? undefined : 'bad'}>
      {signal ? `${signal} (${exitCode})` : `exit ${exitCode}`}
    </span>
  );
}
