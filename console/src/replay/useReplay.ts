import { useEffect, useState, useSyncExternalStore } from 'react';
import { noteReplay, type ReplayPlace } from '../app/route.ts';
import { allPainted } from '../tools/terminal/models.ts';
import { Frames } from './frames.ts';
import { load, recordingPath } from './load.ts';
import { ReplayLog } from './log.ts';
import { type Opening, readOpening } from './opening.ts';
import { Player, type PlayerState } from './player.ts';

/** The address follows a replay that stands still for so long: browsers take few changes a second. */
const noteMs = 400;
/** So long the whole recording waits at most until the moment has been painted. */
const paintMs = 1_000;

interface Replayed {
  readonly player: Player;
  readonly frames: Frames;
  readonly state: PlayerState;
  /** Why it can't be read. */
  readonly problem: string | undefined;
  /** Whether the moment that was asked for is there. */
  readonly ready: boolean;
  /** That moment, as long as the recording has not come so far. */
  readonly opening: Opening | undefined;
}

/** A recording that is read and played, from the place that the address named at first. */
export function useReplay(session: string, place: ReplayPlace): Replayed {
  const { execution, shared } = place;
  const [asked] = useState(place.at);
  const [{ player, frames }] = useState(() => {
    const log = new ReplayLog(execution);
    return { player: new Player(log), frames: new Frames(log.events) };
  });
  const [problem, setProblem] = useState<string>();
  const [ready, setReady] = useState(false);
  const [opening, setOpening] = useState<Opening>();
  const state = useSyncExternalStore(player.subscribe, player.getState);

  useEffect(() => {
    const stop = new AbortController();
    let found = false;
    const grown = () => {
      const { log } = player;
      player.grown();
      const there = log.whole || (log.events.length > 0 && (asked ?? 0) <= (log.events.at(-1)?.seq ?? 0));
      if (found || !there) return;
      found = true;
      if (asked !== undefined) player.goTo(log.countTo(asked));
      setReady(true);
    };
    const open = async () => {
      // One after the other: the whole recording would only hold up the moment. Links show none.
      if (asked !== undefined && shared === undefined) {
        const first = await readOpening(session, execution, asked, stop.signal);
        setOpening(first);
        if (first !== undefined) await allPainted(paintMs);
      }
      await load(recordingPath(session, execution, 'events', shared), player.log, grown, stop.signal);
    };
    open().catch((error: unknown) => {
      if (!stop.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
    });
    return () => {
      stop.abort();
      player.pause();
    };
  }, [session, execution, shared, asked, player]);

  const { count, playing } = state;
  useEffect(() => {
    if (!ready || playing) return undefined;
    const at = player.log.events[count - 1]?.seq;
    const timer = setTimeout(
      () => noteReplay(session, { execution, at, ...(shared === undefined ? {} : { shared }) }),
      noteMs,
    );
    return () => clearTimeout(timer);
  }, [ready, playing, count, player, session, execution, shared]);

  return { player, frames, state, problem, ready, opening: ready ? undefined : opening };
}
