import type { Session } from '@toolruntime/client';
import { type RefObject, useEffect } from 'react';
import type { Older } from '../chat/older.ts';
import { notify } from '../ui/report.ts';
import { flash, revealCard } from '../ui/revealCard.ts';
import { whenThere } from '../ui/whenThere.ts';
import { shown, useWanted, type Wanted } from './wanted.ts';

/** Brings the place that a search found into view, with earlier messages if it is among them. */
export function useReveal(
  session: Session,
  sessionId: string,
  loaded: boolean,
  older: Older,
  feed: RefObject<HTMLElement | null>,
  leaveEnd: () => void,
): void {
  const place = useWanted(sessionId);
  // biome-ignore lint/correctness/useExhaustiveDependencies: earlier messages that have come may have brought it
  useEffect(() => {
    const root = feed.current;
    if (place === undefined || !loaded || root === null) return undefined;
    const item = root.querySelector(`[data-item="${CSS.escape(itemOf(session, place))}"]`);
    if (item === null) {
      if (older.more && older.error === undefined) older.load();
      else {
        shown(place);
        notify('That place is not among the messages of the session any more.');
      }
      return undefined;
    }
    leaveEnd();
    item.scrollIntoView({ block: 'center' });
    return whenThere(item, selectorOf(place), (element) => {
      if (place.executionId === undefined) revealMessage(element);
      else revealCard(element);
      shown(place);
    });
  }, [place, loaded, older.messages, older.loading]);
}

function itemOf(session: Session, { messageId, executionId }: Wanted): string {
  if (messageId !== undefined) return `m:${messageId}`;
  const { batchId } = session.view.executions[executionId ?? ''] ?? {};
  const reply = batchId === undefined ? undefined : session.view.batches[batchId]?.messageId;
  return reply === undefined ? `b:${batchId ?? ''}` : `m:${reply}`;
}

function selectorOf({ messageId, executionId }: Wanted): string {
  return executionId === undefined
    ? `[data-message-id="${CSS.escape(messageId ?? '')}"]`
    : `[data-place="${CSS.escape(executionId)}"]`;
}

function revealMessage(element: HTMLElement): void {
  element.scrollIntoView({ block: 'center' });
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
  flash(element);
}
