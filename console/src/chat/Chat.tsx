import type { Connection } from '@toolruntime/client';
import { useSession, useSessionValue } from '@toolruntime/client/react';
import { useEffect, useMemo, useState } from 'react';
import { noticeEnds } from '../app/endNotice.ts';
import { rename, touch } from '../sessions/sessions.ts';
import { Batch } from '../tools/Batch.tsx';
import { recorderOf } from '../tools/recorders.ts';
import { Button } from '../ui/Button.tsx';
import { Composer } from './Composer.tsx';
import { feedOf } from './feed.ts';
import { Message } from './Message.tsx';
import { Outgoing } from './Outgoing.tsx';
import { useStickToEnd } from './useStickToEnd.ts';
import { Welcome } from './Welcome.tsx';

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
  const error = useSessionValue(session, (s) => s.error);
  const feed = useMemo(() => feedOf(messages, batches), [messages, batches]);
  const [suggestion, setSuggestion] = useState<{ text: string }>();
  const { scroller, content, away, toEnd } = useStickToEnd();

  useEffect(() => touch(sessionId), [sessionId]);
  useEffect(() => noticeEnds(session), [session]);
  const first = messages.find((m) => m.role === 'user' && !m.deleted)?.text ?? '';
  useEffect(() => {
    const title = first.trim().split('\n')[0]?.slice(0, 80) ?? '';
    if (title !== '') rename(sessionId, title);
    document.title = title === '' ? 'Tool runtime' : `${title} · Tool runtime`;
  }, [sessionId, first]);
  // What the reader just sent is what they want to see.
  useEffect(() => {
    if (outgoing.length > 0) toEnd();
  }, [outgoing.length, toEnd]);

  const empty = loaded && feed.length === 0 && outgoing.length === 0;
  return (
    <main className="chat" data-testid="session" data-session-id={sessionId} data-status={status} data-loaded={loaded}>
      <div className="feed" ref={scroller}>
        <div className="feed-content" ref={content} role="log" aria-label="Conversation">
          {status === 'refused' ? (
            <p className="refused" role="alert" data-testid="session-refused">
              This session could not be opened: {error?.message || error?.code}
            </p>
          ) : null}
          {!loaded && status !== 'refused' ? <Loading /> : null}
          {empty ? <Welcome suggest={(text) => setSuggestion({ text })} /> : null}
          {feed.map((item) =>
            item.kind === 'message' ? (
              <Message key={item.key} session={session} message={item.message} />
            ) : (
              <article key={item.key} className="message message-assistant">
                <Batch session={session} batchId={item.batchId} />
              </article>
            ),
          )}
          {outgoing.map((message) => (
            <Outgoing key={message.id} session={session} message={message} />
          ))}
        </div>
      </div>
      {away ? <Button label="Latest" icon="down" className="to-end" testId="to-end" onClick={toEnd} /> : null}
      <Composer key={sessionId} session={session} suggestion={suggestion} />
    </main>
  );
}

function Loading() {
  return (
    <div className="loading" role="status" aria-label="Loading the conversation">
      <i />
      <i />
      <i />
    </div>
  );
}
