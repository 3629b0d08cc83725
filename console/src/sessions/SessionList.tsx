import type { Connection } from '@toolruntime/client';
import { useConnection } from '@toolruntime/client/react';
import { type MouseEvent, useEffect, useMemo, useState } from 'react';
import {
  jobsPath,
  navigate,
  processesPath,
  sessionPath,
  showJobs,
  showProcesses,
  showWall,
  useJobsRoute,
  useProcessesRoute,
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
  const [jobs, processes, wall] = [useJobsRoute(), useProcessesRoute(), useWallPlace() !== undefined];
  const open = (show: () => void) => {
    show();
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
      <ViewLink label="Jobs" icon="clock" path={jobsPath} shown={jobs} testId="jobs-link" show={() => open(showJobs)} />
      <ViewLink
        label="Processes"
        icon="list"
        path={processesPath}
        shown={processes}
        testId="processes-link"
        show={() => open(showProcesses)}
      />
      <ViewLink
        label="Wall"
        icon="grid"
        path={wallPath}
        shown={wall}
        testId="wall-link"
        show={() => open(wall ? () => undefined : showWall)}
      />
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

interface ViewLinkProps {
  readonly label: string;
  readonly icon: IconName;
  readonly path: string;
  readonly shown: boolean;
  readonly testId: string;
  readonly show: () => void;
}

/** The way to a view of its own. */
function ViewLink({ label, icon, path, shown, testId, show }: ViewLinkProps) {
  const choose = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    show();
  };
  return (
    <a
      className="jobs-link"
      href={path}
      data-testid={testId}
      onClick={choose}
      {...(shown ? { 'aria-current': 'page' } : {})}
    >
      {icons[icon]}
      {label}
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
