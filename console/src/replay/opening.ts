import { emptyView, foldEvents, type SessionEvent, type View } from '@toolruntime/client';
import { compact } from './compact.ts';
import { load, momentPath } from './load.ts';
import { ReplayLog } from './log.ts';

/** The moment that an address names, which is there long before the whole recording. */
export interface Opening {
  readonly view: View;
  readonly event: SessionEvent;
  /** When it was, in milliseconds. */
  readonly at: number;
}

/** Asks for it; undefined where it can't be had, or is not that moment: the whole recording will tell. */
export async function readOpening(
  session: string,
  execution: string | undefined,
  at: number,
  signal: AbortSignal,
): Promise<Opening | undefined> {
  const log = new ReplayLog(execution);
  try {
    await load(momentPath(session, execution, at), log, () => undefined, signal);
  } catch {
    return undefined;
  }
  const event = log.events.at(-1);
  if (event === undefined || log.cut || log.gaps.length > 0) return undefined;
  return { view: foldEvents(emptyView, compact(log.events)), event, at: log.times.at(-1) ?? 0 };
}
