import { type MouseEvent, useEffect } from 'react';
import { navigate, sessionPath } from '../app/route.ts';
import { Button } from '../ui/Button.tsx';
import { when } from '../ui/format.ts';
import { forget, loadFromServer, newSessionId, useSessions } from './sessions.ts';

interface SessionListProps {
  readonly current: string | undefined;
  /** Called when one was chosen, so that a list that covers the page goes away. */
  readonly onChosen: () => void;
}

/** The sessions of this browser and of the caller. */
export function SessionList({ current, onChosen }: SessionListProps) {
  const sessions = useSessions();
  useEffect(() => void loadFromServer(), []);
  const choose = (id: string) => (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    navigate(id);
    onChosen();
  };
  return (
    <nav className="sessions" aria-label="Sessions" data-testid="session-list">
      <Button
        label="New session"
        icon="plus"
        className="session-new"
        testId="session-new"
        onClick={() => {
          navigate(newSessionId());
          onChosen();
        }}
      />
      <ul>
        {sessions.map((session) => (
          <li key={session.id} className="session" data-current={session.id === current}>
            <a
              href={sessionPath(session.id)}
              onClick={choose(session.id)}
              data-testid="session-item"
              data-session-id={session.id}
              {...(session.id === current ? { 'aria-current': 'page' } : {})}
            >
              <span className="session-title">{session.title || 'Empty session'}</span>
              <span className="session-id">
                {session.id.slice(0, 12)}
                {session.at > 0 ? ` · ${when(session.at)}` : ''}
              </span>
            </a>
            {session.id === current ? null : (
              <Button
                label={`Remove ${session.title || session.id} from this list`}
                icon="close"
                iconOnly
                kind="quiet"
                testId="session-forget"
                onClick={() => forget(session.id)}
              />
            )}
          </li>
        ))}
      </ul>
    </nav>
  );
}
