import './replay.css';
import { useEffect, useRef, useState } from 'react';
import { navigate, type ReplayPlace, replayPath } from '../app/route.ts';
import { useStickToEnd } from '../chat/useStickToEnd.ts';
import { hasEnded } from '../tools/status.ts';
import { Button } from '../ui/Button.tsx';
import { icons } from '../ui/icons.tsx';
import { notify, report } from '../ui/report.ts';
import { Controls } from './Controls.tsx';
import { Conversation } from './Conversation.tsx';
import { listenToKeys } from './keys.ts';
import { recordingPath } from './load.ts';
import { ReplayCard } from './ReplayCard.tsx';
import { ShareReplay } from './ShareReplay.tsx';
import { told } from './told.ts';
import { useReplay } from './useReplay.ts';

interface ReplayProps {
  readonly session: string;
  readonly place: ReplayPlace;
}

/** A session, or one tool of it, as it was: from its log, at any speed. */
export function Replay({ session, place }: ReplayProps) {
  const { execution, shared } = place;
  const [sharing, setSharing] = useState(false);
  const { player, frames, state, problem, ready, opening } = useReplay(session, place);
  const { scroller, content } = useStickToEnd();
  const main = useRef<HTMLElement>(null);
  const { count, play } = state;
  const { log } = player;
  const view = opening?.view ?? frames.at(ready ? count : 0);
  const event = opening?.event ?? log.events[count - 1];
  const now = opening?.at ?? player.moments.clockAt(play);
  const shown = execution === undefined ? undefined : view.executions[execution];
  const title = shown?.name ?? view.title ?? 'a session';
  useEffect(() => main.current?.focus(), []);
  useEffect(() => listenToKeys(player), [player]);
  useEffect(() => {
    document.title = `Replay of ${title} · Tool runtime`;
  }, [title]);
  const copy = () => {
    const link = new URL(replayPath(session, { ...place, at: event?.seq }), location.href).href;
    report(
      'Copying',
      navigator.clipboard.writeText(link).then(() => notify('The link to this moment was copied.')),
    );
  };
  return (
    <main
      className="chat replay"
      id="replay"
      data-testid="replay"
      data-ready={ready || opening !== undefined}
      data-whole={state.whole}
      data-seq={event?.seq}
      ref={main}
      tabIndex={-1}
    >
      <header className="session-head">
        <h2 data-testid="replay-title">{`Replay of ${title}`}</h2>
        <span className="spacer" />
        <Button
          label="Copy the link to this moment"
          icon="link"
          iconOnly
          kind="quiet"
          testId="replay-link"
          disabled={event === undefined}
          onClick={copy}
        />
        {(['cast', 'text'] as const).map((format) => (
          <a
            key={format}
            className="button button-quiet"
            href={recordingPath(session, execution, format, shared)}
            download
            data-testid={`replay-${format}`}
          >
            {icons.download}
            {format === 'cast' ? 'asciicast' : 'Text'}
          </a>
        ))}
        {shared === undefined ? (
          <>
            <Button label="Share" icon="share" kind="quiet" testId="replay-share" onClick={() => setSharing(true)} />
            <Button
              label="Close the replay"
              icon="close"
              iconOnly
              kind="quiet"
              testId="replay-close"
              onClick={() => navigate(session)}
            />
          </>
        ) : null}
      </header>
      <section
        className="feed"
        ref={scroller}
        aria-label="The moment"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        tabIndex={0}
      >
        <div className="feed-content" ref={content}>
          {problem === undefined ? null : (
            <p className="card-error" role="alert" data-testid="replay-problem">
              {problem}
            </p>
          )}
          {!ready && opening === undefined && problem === undefined ? (
            <p className="hint">Reading the recording…</p>
          ) : null}
          {state.whole && log.events.length === 0 ? <p className="hint">Nothing has happened here yet.</p> : null}
          {log.gaps
            .filter(({ before }) => before < Math.max(1, count))
            .map(({ gap }) => (
              <p key={gap.from} className="hint" data-testid="replay-missing">
                {`Events ${gap.from} to ${gap.to} are not ${shared === undefined ? 'kept any more' : 'shown here'}.`}
              </p>
            ))}
          {log.cut ? <p className="hint">{`Only the first ${log.events.length} events are replayed.`}</p> : null}
          {execution === undefined ? <Conversation view={view} now={now} /> : null}
          {execution !== undefined && shown !== undefined ? (
            <ReplayCard
              executionId={execution}
              execution={shown}
              now={shown.startedAt === undefined || hasEnded(shown.state) ? undefined : now}
            />
          ) : null}
        </div>
      </section>
      <Controls player={player} state={state} only={execution} opens={opening !== undefined} what={told(event, view)} />
      {sharing ? (
        <ShareReplay session={session} execution={execution} seq={event?.seq} closed={() => setSharing(false)} />
      ) : null}
    </main>
  );
}
