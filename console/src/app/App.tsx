import { lazy, Suspense, useEffect, useState } from 'react';
import { Chat } from '../chat/Chat.tsx';
import { JobsView } from '../jobs/JobsView.tsx';
import { SearchButton } from '../search/SearchButton.tsx';
import { SessionList } from '../sessions/SessionList.tsx';
import { lastSession, loadFromServer, newSessionId } from '../sessions/sessions.ts';
import { SignIn } from '../signIn/SignIn.tsx';
import { SignOutButton } from '../signIn/SignOutButton.tsx';
import { Button } from '../ui/Button.tsx';
import { keepFocus } from '../ui/focusKeeper.ts';
import { Notices } from '../ui/Notices.tsx';
import { ConnectionBadge } from './ConnectionBadge.tsx';
import { syncClock } from './clock.ts';
import { connection } from './connection.ts';
import { NotifyButton } from './NotifyButton.tsx';
import {
  navigate,
  useJobsRoute,
  useProcessBoardRange,
  useProcessesRoute,
  useReplayPlace,
  useRoute,
  useServerRange,
  useStatisticsPlace,
  useWallPlace,
} from './route.ts';
import { StatisticsLink } from './StatisticsLink.tsx';
import { shortcuts } from './shortcuts.ts';

/** With its charts, only for who looks at it. */
const Dashboard = lazy(() => import('../statistics/Dashboard.tsx').then(({ Dashboard }) => ({ default: Dashboard })));

/** Only for who looks at them. */
const ProcessesView = lazy(() =>
  import('../processes/ProcessesView.tsx').then(({ ProcessesView }) => ({ default: ProcessesView })),
);

/** The same. */
const ServerDashboard = lazy(() =>
  import('../server/ServerDashboard.tsx').then(({ ServerDashboard }) => ({ default: ServerDashboard })),
);

/** The same. */
const ProcessBoard = lazy(() =>
  import('../processBoard/ProcessBoard.tsx').then(({ ProcessBoard }) => ({ default: ProcessBoard })),
);

/** With its terminals, the same. */
const Wall = lazy(() => import('../wall/Wall.tsx').then(({ Wall }) => ({ default: Wall })));

/** Most visits replay nothing. */
const Replay = lazy(() => import('../replay/Replay.tsx').then(({ Replay }) => ({ default: Replay })));

/** The page: sessions at the side, one of them in the middle. */
export function App() {
  const sessionId = useRoute();
  const statistics = useStatisticsPlace();
  const jobs = useJobsRoute();
  const processes = useProcessesRoute();
  const replay = useReplayPlace();
  const server = useServerRange();
  const board = useProcessBoardRange();
  const wall = useWallPlace() !== undefined;
  const [listOpen, setListOpen] = useState(false);
  const figures = statistics !== undefined || server !== undefined || board !== undefined;
  const nowhere = sessionId === undefined && !figures && !jobs && !processes && !wall;
  useEffect(() => {
    if (nowhere) navigate(lastSession() ?? newSessionId(), true);
  }, [nowhere]);
  useEffect(() => syncClock(connection), []);
  useEffect(shortcuts, []);
  useEffect(() => keepFocus(), []);
  useEffect(() => {
    if (!listOpen) return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') setListOpen(false);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [listOpen]);
  return (
    <div className="app" data-testid="app" data-list-open={listOpen}>
      <a className="skip" href={replay === undefined ? '#composer' : '#replay'}>
        {replay === undefined ? 'Skip to the message field' : 'Skip to the replay'}
      </a>
      <header className="top">
        <Button
          label={listOpen ? 'Close the session list' : 'Open the session list'}
          icon="menu"
          iconOnly
          kind="quiet"
          className="top-menu"
          aria-expanded={listOpen}
          testId="session-list-toggle"
          onClick={() => setListOpen(!listOpen)}
        />
        <h1>Tool runtime</h1>
        <span className="spacer" />
        <SearchButton />
        <StatisticsLink shown={figures} session={sessionId} />
        <NotifyButton />
        <ConnectionBadge connection={connection} />
        <SignOutButton />
      </header>
      <SessionList connection={connection} current={sessionId} onChosen={() => setListOpen(false)} />
      {listOpen ? (
        <button type="button" className="veil" aria-label="Close the session list" onClick={() => setListOpen(false)} />
      ) : null}
      {jobs ? <JobsView /> : null}
      {processes ? (
        <Suspense fallback={<p className="hint">…</p>}>
          <ProcessesView />
        </Suspense>
      ) : null}
      {wall ? (
        <Suspense fallback={<p className="hint">…</p>}>
          <Wall />
        </Suspense>
      ) : null}
      {sessionId === undefined || replay !== undefined ? null : (
        <Chat key={sessionId} connection={connection} sessionId={sessionId} />
      )}
      {sessionId === undefined || replay === undefined ? null : (
        <Suspense fallback={<p className="hint">…</p>}>
          <Replay key={`${sessionId}/${replay.execution}`} session={sessionId} place={replay} />
        </Suspense>
      )}
      {statistics === undefined ? null : (
        <Suspense fallback={<p className="hint">…</p>}>
          <Dashboard place={statistics} />
        </Suspense>
      )}
      {server === undefined ? null : (
        <Suspense fallback={<p className="hint">…</p>}>
          <ServerDashboard range={server} />
        </Suspense>
      )}
      {board === undefined ? null : (
        <Suspense fallback={<p className="hint">…</p>}>
          <ProcessBoard range={board} />
        </Suspense>
      )}
      <Notices connection={connection} sessionId={sessionId} />
      <SignIn connection={connection} signedIn={() => void loadFromServer()} />
    </div>
  );
}
