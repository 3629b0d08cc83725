import type { Connection, Session } from '@toolruntime/client';
import { useSession, useSessionValue } from '@toolruntime/client/react';
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { noticeEnds } from '../app/endNotice.ts';
import { useFilesShown, useNamedShown } from '../app/route.ts';
import { PickContext, type PickRequest } from '../picker/request.ts';
import { useReveal } from '../search/useReveal.ts';
import { activityOf } from '../sessions/activity.ts';
import { keepOutgoing } from '../sessions/kept.ts';
import { SessionHead } from '../sessions/SessionHead.tsx';
import { note, touch } from '../sessions/sessions.ts';
import { useOffer, useUsualModel } from '../sessions/useTools.ts';
import { asking } from '../tools/approvals.ts';
import { recorderOf } from '../tools/recorders.ts';
import { Button } from '../ui/Button.tsx';
import { notify } from '../ui/report.ts';
import { Viewport, ViewportContext } from '../ui/viewport.ts';
import { Announcer } from './Announcer.tsx';
import { Composer } from './Composer.tsx';
import { Feed } from './Feed.tsx';
import { feedOf } from './feed.ts';
import { OlderMessages } from './OlderMessages.tsx';
import { Outgoing } from './Outgoing.tsx';
import { useOlder } from './older.ts';
import { Stale } from './Stale.tsx';
import { Deleted, Loading, Refused } from './states.tsx';
import { Typing } from './Typing.tsx';
import { useStickToEnd } from './useStickToEnd.ts';
import { Welcome } from './Welcome.tsx';

const Files = lazy(() => import('../files/Files.tsx'));
const NamedProcesses = lazy(() => import('../named/NamedProcesses.tsx'));

/** A part of its own: most visits need no form. */
const ToolDialog = lazy(() =>
  import('../picker/ToolDialog.tsx').catch(() => {
    // The server has another version of the page by now, or can't be reached.
    notify('The form could not be loaded. Reload the page.');
    return { default: () => <></> };
  }),
);

interface ChatProps {
  readonly connection: Connection;
  readonly sessionId: string;
}

/** One session: its conversation and where one writes to it. */
export function Chat({ connection, sessionId }: ChatProps) {
  const session = useSession(connection, sessionId);
  recorderOf(session);
  const messages = useSessionValue(session, (s) => s.view.messages);
  const batches = useSessionValue(session, (s) => s.view.batches);
  const outgoing = useSessionValue(session, (s) => s.outgoing);
  const loaded = useSessionValue(session, (s) => s.loaded);
  const status = useSessionValue(session, (s) => s.status);
  const feed = useMemo(() => feedOf(messages, batches), [messages, batches]);
  const [suggestion, setSuggestion] = useState<{ text: string; model?: string }>();
  const { scroller, content, away, toEnd, leaveEnd, keepPlace } = useStickToEnd();
  const [viewport] = useState(() => new Viewport(() => scroller.current));
  const older = useOlder(session, keepPlace);
  useReveal(session, sessionId, loaded, older, scroller, leaveEnd);
  const title = useTitle(session);
  const offer = useOffer();
  const tools = offer === null ? null : offer?.tools;
  const usual = useUsualModel(session, offer);
  const { picking, pick, picked } = usePicker();
  const files = useFilesShown();
  const processes = useNamedShown();

  useEffect(() => touch(sessionId), [sessionId]);
  useEffect(() => keepOutgoing(session), [session]);
  useEffect(() => noticeEnds(session), [session]);
  // What the reader just sent is what they want to see.
  useEffect(() => {
    if (outgoing.length > 0) toEnd();
  }, [outgoing.length, toEnd]);

  const refused = status === 'refused';
  const deleted = status === 'deleted';
  const empty = loaded && !refused && !deleted && feed.length === 0 && outgoing.length === 0;
  const main = (
    <main className="chat" data-testid="session" data-session-id={sessionId} data-status={status} data-loaded={loaded}>
      <SessionHead connection={connection} session={session} title={title} />
      <Announcer session={session} />
      <section
        className="feed"
        data-testid="feed"
        data-away={away}
        ref={scroller}
        aria-label="Conversation"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        tabIndex={0}
      >
        <ViewportContext value={viewport}>
          <PickContext value={pick}>
            <div className="feed-content" ref={content}>
              {refused ? <Refused session={session} /> : null}
              {deleted ? <Deleted session={session} /> : null}
              {!loaded && !refused ? <Loading connection={connection} /> : null}
              {empty ? <Welcome model={usual} suggest={(text) => setSuggestion({ text })} /> : null}
              {feed.length > 0 ? <OlderMessages session={session} older={older} /> : null}
              <Feed session={session} items={feed} batches={batches} />
              {outgoing.map((message) => (
                <Outgoing key={message.id} session={session} message={message} takeBack={setSuggestion} />
              ))}
            </div>
          </PickContext>
        </ViewportContext>
      </section>
      {refused || deleted ? null : (
        <div className="chat-below">
          <div className="chat-status">
            <Typing connection={connection} session={session} />
            <Stale session={session} />
            {away ? (
              <Button label="Latest" icon="down" className="button-small to-end" testId="to-end" onClick={toEnd} />
            ) : null}
          </div>
          <Composer key={sessionId} session={session} usual={usual} tools={tools} pick={pick} suggestion={suggestion} />
        </div>
      )}
      {picking === undefined || refused || deleted ? null : (
        <Suspense fallback={null}>
          <ToolDialog session={session} tools={tools} request={picking} ran={toEnd} closed={picked} />
        </Suspense>
      )}
    </main>
  );
  return (
    <>
      {main}
      {files === undefined || !loaded || refused || deleted ? null : (
        <Suspense fallback={<aside className="files" aria-busy="true" aria-label="Files" />}>
          <Files session={session} selected={files} />
        </Suspense>
      )}
      {processes === undefined || !loaded || refused || deleted ? null : (
        <Suspense fallback={<aside className="named" aria-busy="true" aria-label="Named processes" />}>
          <NamedProcesses session={session} selected={processes} />
        </Suspense>
      )}
    </>
  );
}

/** Which tool a form is open for; Ctrl+/ opens the list of all from anywhere. */
function usePicker() {
  const [picking, pick] = useState<PickRequest>();
  const picked = useCallback(() => pick(undefined), []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || !(event.ctrlKey || event.metaKey) || document.querySelector('dialog[open]') !== null)
        return;
      event.preventDefault();
      pick({});
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return { picking, pick, picked };
}

/** What a session is called, here and in the list and the tab. */
function useTitle(session: Session): string {
  const title = useSessionValue(session, (s) => s.view.title ?? '');
  const loaded = useSessionValue(session, (s) => s.loaded && s.status === 'live');
  const activity = useSessionValue(session, (s) => activityOf(s.view));
  const asked = useSessionValue(session, (s) => asking(s.view).length);
  useEffect(() => {
    if (loaded) note(session.id, title, activity);
  }, [session, title, loaded, activity]);
  useEffect(() => {
    const wanted = asked === 0 ? '' : `(${asked} to approve) `;
    document.title = wanted + (title === '' ? 'Tool runtime' : `${title} · Tool runtime`);
  }, [asked, title]);
  return title;
}
