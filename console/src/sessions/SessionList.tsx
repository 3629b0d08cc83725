import type { Connection } from '@toolruntime/client';
import { useConnection } from '@toolruntime/client/react';
import { type MouseEvent, useEffect, useMemo, useState } from 'react';
import {
  jobsPath,
  navigate,
  sessionPath,
  showJobs,
  showWall,
  useJobsRoute,
  useWallPlace,
  wallPath,
} from '../app/route.ts';
import { Button } from '../ui/Button.tsx';
import { when } from '../ui/format.ts';
import { type IconName, icons } from '../ui/icons.tsx';
import { byDays, matching } from './days.ts';
import {
  type Activity,
  forget,
  type KnownSession,
  loadFromServer,
  newSessionId,
  takeFollowed,
  useSessions,
} from './sessions.ts';

interface SessionListProps {
  readonly connection: Connection;
  readonly current: string | undefined;
  /** Called when one was chosen, so that a list that covers the page goes away. */
  readonly onChosen: () => void;
}

/** Milliseconds between two looks at the list of a server that can't be followed, while the page is seen. */
const pollMs = 3_000;
/** From so many on, the list can be searched. */
const searchFrom = 2;

/** The sessions of this browser and of the caller, by days, with marks for what goes on in them. */
export function SessionList({ connection, current, onChosen }: SessionListProps) {
  const sessions = useSessions();
  const online = useConnection(connection).status === 'online';
  const [wanted, setWanted] = useState('');
  useLiveList(connection);
  const days = useMemo(() => byDays(matching(sessions, wanted), Date.now()), [sessions, wanted]);
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
      <JobsLink onChosen={onChosen} />
      <WallLink onChosen={onChosen} />
      {sessions.length < searchFrom ? null : (
        <input
          type="search"
          className="field session-search"
          data-testid="session-search"
          aria-label="Search sessions"
          placeholder="Search"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
        />
      )}
      <div className="session-days">
        {days.map(({ day, sessions: ofDay }) => (
          <section key={day} aria-label={day}>
            <h2 className="session-day">{day}</h2>
            <ul>
              {ofDay.map((session) => (
                <Item
                  key={session.id}
                  session={session}
                  current={session.id === current}
                  online={online}
                  choose={choose}
                />
              ))}
            </ul>
          </section>
        ))}
        {days.length === 0 && wanted !== '' ? <p className="hint">No session is called that.</p> : null}
      </div>
    </nav>
  );
}

/** The way to the list of jobs. */
function JobsLink({ onChosen }: { readonly onChosen: () => void }) {
  const shown = useJobsRoute();
  const choose = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    showJobs();
    onChosen();
  };
  return (
    <a
      className="jobs-link"
      href={jobsPath}
      data-testid="jobs-link"
      onClick={choose}
      {...(shown ? { 'aria-current': 'page' } : {})}
    >
      {icons.clock}
      Jobs
    </a>
  );
}

/** The way to the wall of what runs. */
function WallLink({ onChosen }: { readonly onChosen: () => void }) {
  const shown = useWallPlace() !== undefined;
  const choose = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    if (!shown) showWall();
    onChosen();
  };
  return (
    <a
      className="jobs-link"
      href={wallPath}
      data-testid="wall-link"
      onClick={choose}
      {...(shown ? { 'aria-current': 'page' } : {})}
    >
      {icons.grid}
      Wall
    </a>
  );
}

interface ItemProps {
  readonly session: KnownSession;
  readonly current: boolean;
  readonly online: boolean;
  readonly choose: (id: string) => (event: MouseEvent) => void;
}

type Mark = readonly [label: string, icon: IconName, tone: string];

const marks: Readonly<Record<Activity, Mark>> = {
  running: ['Running', 'dot', 'busy'],
  waiting: ['Waits for you', 'warn', 'warn'],
  paused: ['Paused', 'pause', 'idle'],
  failed: ['Failed', 'close', 'bad'],
};

/** Offline nobody can say what runs. */
const wasRunning: Mark = ['Was running', 'clock', 'idle'];

function markOf(activity: Activity | undefined, online: boolean): Mark | undefined {
  if (activity === 'running' && !online) return wasRunning;
  return activity === undefined ? undefined : marks[activity];
}

function Item({ session, current, online, choose }: ItemProps) {
  const mark = markOf(session.activity, online);
  return (
    <li className="session" data-current={current}>
      <a
        href={sessionPath(session.id)}
        onClick={choose(session.id)}
        data-testid="session-item"
        data-session-id={session.id}
        data-activity={session.activity ?? 'idle'}
        {...(current ? { 'aria-current': 'page' } : {})}
      >
        <span className="session-title" title={session.title}>
          {session.title || 'Empty session'}
        </span>
        <span className="session-id">
          {mark === undefined ? null : (
            <span className="status" data-tone={mark[2]}>
              {icons[mark[1]]}
              {mark[0]}
            </span>
          )}
          <span>{session.at > 0 ? when(session.at) : session.id.slice(0, 12)}</span>
        </span>
      </a>
      {current ? null : (
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
  );
}

/** Follows the caller's sessions; where the server can't tell of changes by itself, looks at its list while the page is seen. */
function useLiveList(connection: Connection): void {
  useEffect(() => {
    const watch = connection.watchSessions();
    const take = () => {
      const followed = watch.getSnapshot();
      if (followed.status === 'live') takeFollowed(followed);
    };
    const load = () => {
      if (!document.hidden && watch.getSnapshot().status === 'unsupported') void loadFromServer();
    };
    const stop = watch.subscribe(() => {
      take();
      load();
    });
    const release = watch.acquire();
    const timer = setInterval(load, pollMs);
    void loadFromServer();
    document.addEventListener('visibilitychange', load);
    return () => {
      stop();
      release();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', load);
    };
  }, [connection]);
}
