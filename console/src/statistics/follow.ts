import type { SessionSummary, SessionsSnapshot, SessionsWatch } from '@toolruntime/client';

/** Milliseconds from a change to the look at it. */
const soonMs = 500;
/** Milliseconds between two looks while changes come. */
const apartMs = 2_000;
/** Milliseconds after which silos have told what they counted until a change; busy ones need longer. */
const toldMs = [6_000, 15_000] as const;
/** Milliseconds between two looks at a server that tells of no changes. */
const pollMs = 5_000;

type Watched = Pick<SessionsWatch, 'getSnapshot' | 'subscribe' | 'acquire'>;

/**
 * Calls `look` at once, and again when the feed over sessions says that something has changed: soon, and when silos have told what they counted, as after
 * the first look, before which something may have changed. Nothing is asked while nothing changes, nor while the page is not seen. Returns how to stop.
 *
 * @param session the one whose changes matter; `undefined` for all.
 */
export function follow(watch: Watched, session: string | undefined, look: () => void): () => void {
  let soon: ReturnType<typeof setTimeout> | undefined;
  let later: ReturnType<typeof setTimeout>[] = [];
  let lookedAt = Number.NEGATIVE_INFINITY;
  let missed = false;
  let before = watch.getSnapshot();
  const now = () => {
    missed = document.hidden;
    if (missed) return;
    lookedAt = Date.now();
    look();
  };
  const lookLater = () => {
    later.forEach(clearTimeout);
    later = toldMs.map((ms) => setTimeout(now, ms));
  };
  const changed = () => {
    soon ??= setTimeout(
      () => {
        soon = undefined;
        now();
      },
      Math.max(soonMs, lookedAt + apartMs - Date.now()),
    );
    lookLater();
  };
  const stop = watch.subscribe(() => {
    const after = watch.getSnapshot();
    if (matters(before, after, session)) changed();
    before = after;
  });
  const release = watch.acquire();
  const seen = () => {
    if (missed) now();
  };
  document.addEventListener('visibilitychange', seen);
  const timer = setInterval(() => {
    if (watch.getSnapshot().status === 'unsupported') now();
  }, pollMs);
  now();
  lookLater();
  return () => {
    stop();
    release();
    document.removeEventListener('visibilitychange', seen);
    clearInterval(timer);
    clearTimeout(soon);
    later.forEach(clearTimeout);
  };
}

/** Of one session its entry says so; of all each frame does, also one that names none that the caller may read. */
function matters(before: SessionsSnapshot, after: SessionsSnapshot, session: string | undefined): boolean {
  if (after.status !== 'live') return false;
  if (session === undefined || before.status !== 'live') return true;
  return entry(before, session) !== entry(after, session);
}

function entry({ sessions }: SessionsSnapshot, id: string): SessionSummary | undefined {
  return sessions.find(({ session }) => session === id);
}
