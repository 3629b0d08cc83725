import type { Session, SessionEvent } from '@toolruntime/client';
import { activityOf } from '../sessions/activity.ts';

/** Waits so long for more of the same, and at most so long. */
const quietMs = 250;
const longestMs = 1_000;
/** How often to look while tools run, and while none does: other people's uploads tell nobody. */
const busyMs = 2_000;
const idleMs = 20_000;

const changing: ReadonlySet<SessionEvent['type']> = new Set([
  'tool.completed',
  'tool.failed',
  'tool.timeout',
  'tool.cancelled',
  'tool.retry',
  'session.reset',
]);

/** Calls back when the workspace may have changed: as tools end, every while as they run; returns how to stop. */
export function watchFiles(session: Session, changed: () => void): () => void {
  let first: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    first = undefined;
    if (!document.hidden) changed();
    timer = setTimeout(look, activityOf(session.view) === 'running' ? busyMs : idleMs);
  };
  const soon = () => {
    first ??= Date.now();
    clearTimeout(timer);
    timer = setTimeout(look, Math.max(0, Math.min(quietMs, first + longestMs - Date.now())));
  };
  const stop = session.onEvents((events) => {
    if (events.some(isChange)) soon();
  });
  const onShown = () => {
    if (!document.hidden) look();
  };
  document.addEventListener('visibilitychange', onShown);
  look();
  return () => {
    stop();
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', onShown);
  };
}

function isChange(event: SessionEvent): boolean {
  return changing.has(event.type) || (event.type === 'tool.progress' && event.stage === 'complete') || isStart(event);
}

/** From then on one looks more often. */
function isStart({ type }: SessionEvent): boolean {
  return type === 'tool.started';
}
