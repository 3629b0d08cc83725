import type { Session } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { lazy, memo, Suspense, useEffect, useRef } from 'react';
import { sessionPath } from '../app/route.ts';
import { describeArguments } from '../tools/describe.ts';
import { showLarge, useLarge } from '../tools/pty/large.ts';
import { LargeTerminal } from '../tools/pty/TerminalCard.tsx';
import { executionStatus } from '../tools/status.ts';
import { Button } from '../ui/Button.tsx';
import { icons } from '../ui/icons.tsx';
import { learn } from './known.ts';
import { type Tile, tileId } from './layout.ts';
import { useFollowed, useInSight } from './useFollowed.ts';
import { WatchedOutput } from './WatchedOutput.tsx';

const WatchedTerminal = lazy(async () => ({ default: (await import('./WatchedTerminal.tsx')).WatchedTerminal }));

interface WallTileProps {
  readonly tile: Tile;
  /** What it is called until it is known better. */
  readonly name: string;
  /** The session's title. */
  readonly title: string;
  /** What lines have to have. */
  readonly wanted: string;
  readonly pin: (id: string) => void;
  readonly remove: (id: string) => void;
}

/** One execution on the wall: drawn and followed while it is in sight, a frame otherwise. */
export const WallTile = memo(function WallTile({ tile, name, title, wanted, pin, remove }: WallTileProps) {
  const { session, execution, pinned } = tile;
  const id = tileId(tile);
  const place = useRef<HTMLElement>(null);
  const followed = useFollowed(session, execution, useInSight(place));
  return (
    <article
      className="wall-tile"
      ref={place}
      data-testid="wall-tile"
      data-tile={id}
      data-followed={followed !== undefined}
      aria-label={`${name} of ${title}`}
    >
      <header>
        {followed === undefined ? (
          <span className="wall-what">{name}</span>
        ) : (
          <What followed={followed} execution={execution} name={name} />
        )}
        <a className="wall-of" href={sessionPath(session)} title={`Session: ${title}`}>
          {title}
        </a>
        <Button
          label={pinned ? `Unpin ${name}` : `Pin ${name}`}
          icon="pin"
          iconOnly
          kind="quiet"
          aria-pressed={pinned}
          testId="wall-pin"
          onClick={() => pin(id)}
        />
        <Button
          label={`Remove ${name}`}
          icon="close"
          iconOnly
          kind="quiet"
          testId="wall-remove"
          onClick={() => remove(id)}
        />
      </header>
      {followed === undefined ? (
        <div className="wall-unseen" />
      ) : (
        <Body followed={followed} execution={execution} wanted={wanted} />
      )}
    </article>
  );
});

interface FollowedProps {
  readonly followed: Session;
  readonly execution: string;
}

/** How it stands, and its command. */
function What({ followed, execution, name }: FollowedProps & { readonly name: string }) {
  const known = useSessionValue(followed, (s) => s.view.executions[execution]);
  const what = known === undefined ? '' : describeArguments(known.arguments);
  const terminal = known?.terminal !== undefined;
  useEffect(
    () => learn(tileId({ session: followed.id, execution }), { command: what, terminal }),
    [followed.id, execution, what, terminal],
  );
  if (known === undefined) return <span className="wall-what">{name}</span>;
  const { label, icon, tone } = executionStatus(known);
  return (
    <span className="wall-what" title={what} data-state={known.state}>
      <span className="wall-state" data-tone={tone} title={label}>
        {icons[icon]}
        <span className="unseen">{label}</span>
      </span>
      <b>{known.name}</b> {what}
    </span>
  );
}

function Body({ followed, execution, wanted }: FollowedProps & { readonly wanted: string }) {
  const status = useSessionValue(followed, (s) => s.status);
  const error = useSessionValue(followed, (s) => s.error);
  const loaded = useSessionValue(followed, (s) => s.loaded);
  const large = useLarge(execution);
  const terminal = useSessionValue(followed, (s) => s.view.executions[execution]?.terminal !== undefined);
  const name = useSessionValue(followed, (s) => s.view.executions[execution]?.name ?? 'terminal');
  if (status === 'refused') return <p className="wall-why">{error?.message ?? 'It can’t be followed.'}</p>;
  if (status === 'deleted') return <p className="wall-why">Its session was deleted.</p>;
  if (!loaded) return <div className="wall-unseen" />;
  if (!terminal) return <WatchedOutput session={followed} executionId={execution} wanted={wanted} />;
  return (
    <>
      <Suspense fallback={null}>
        <WatchedTerminal session={followed} executionId={execution} />
      </Suspense>
      <Button
        label={`Type into ${name}`}
        icon="expand"
        iconOnly
        kind="quiet"
        className="wall-type"
        testId="wall-type"
        onClick={() => showLarge(execution)}
      />
      {large ? <LargeTerminal session={followed} executionId={execution} name={name} /> : null}
    </>
  );
}
