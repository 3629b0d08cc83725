import type { Session } from '@toolruntime/client';
import { TimelineRecorder } from './timeline.ts';

const recorders = new WeakMap<Session, TimelineRecorder>();

/** The recorder of a session, which listens from the first time it is asked for. */
export function recorderOf(session: Session): TimelineRecorder {
  let recorder = recorders.get(session);
  if (recorder === undefined) {
    const made = new TimelineRecorder();
    session.onEvents((events) => made.record(events));
    recorders.set(session, made);
    recorder = made;
  }
  return recorder;
}
