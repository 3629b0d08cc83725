import type { Connection, Session } from '@toolruntime/client';
import { useConnection, useSessionValue } from '@toolruntime/client/react';
import { navigate } from '../app/route.ts';
import { drop, newSessionId } from '../sessions/sessions.ts';
import { Button } from '../ui/Button.tsx';

/** A conversation that has not come yet: bars in its place, or why it does not come. */
export function Loading({ connection }: { readonly connection: Connection }) {
  const { status } = useConnection(connection);
  if (status === 'offline' || status === 'closed') {
    return (
      <section className="empty" role="alert" data-testid="session-unreachable">
        <h3>The server can't be reached</h3>
        <p>
          This session is shown as soon as there is a connection. What you send meanwhile waits here and goes out then.
        </p>
        {status === 'offline' ? (
          <Button label="Try now" icon="retry" testId="unreachable-retry" onClick={() => connection.retryNow()} />
        ) : null}
      </section>
    );
  }
  return (
    <div className="loading" role="status" aria-label="Loading the conversation">
      <i />
      <i />
      <i />
    </div>
  );
}

/** A session that somebody deleted while it was open here. */
export function Deleted({ session }: { readonly session: Session }) {
  return (
    <section className="empty" role="alert" data-testid="session-deleted">
      <h3>This session was deleted</h3>
      <p>Somebody has erased it, with its messages and results.</p>
      <NewSession instead={session} />
    </section>
  );
}

const refusals: Readonly<Record<string, readonly [string, string]>> = {
  forbidden: ['This session belongs to somebody else', 'Ask its owner to share it with you, or begin one of your own.'],
  unauthenticated: ['You are not signed in', 'Sign in to open this session.'],
  not_found: ['There is no such session', 'It may have been deleted.'],
  quota_exceeded: ['Too many sessions are open', 'Close another tab, then try again.'],
};

/** A session that the server refuses to open. */
export function Refused({ session }: { readonly session: Session }) {
  const error = useSessionValue(session, (s) => s.error);
  const [title, advice] = refusals[error?.code ?? ''] ?? ['This session could not be opened', error?.message ?? ''];
  return (
    <section className="empty" role="alert" data-testid="session-refused" data-code={error?.code}>
      <h3>{title}</h3>
      <p>{advice}</p>
      <NewSession instead={session} />
    </section>
  );
}

/** The way on from a session that is not to be had. */
function NewSession({ instead }: { readonly instead: Session }) {
  return (
    <Button
      label="New session"
      icon="plus"
      testId="new-instead"
      onClick={() => {
        drop(instead.id);
        navigate(newSessionId(), true);
      }}
    />
  );
}
