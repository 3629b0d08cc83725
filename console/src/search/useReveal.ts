import type { Session } from '@toolruntime/client';
import { type RefObject, useEffect } from 'react';
import type { Older } from '../chat/older.ts';
import { notify } from '../ui/report.ts';
import { whenThere } from '../ui/whenThere.ts';
import { shown, useWanted, type Wanted } from './wanted.ts';

const flashMs = 1_500;

/** Brings the place that a search found into view, with earlier messages if it is among them. */
export function useReveal(
  session: Session,
  sessionId: string,
  loaded: boolean,
  older: Older,
  feed: RefObject<HTMLElement | null>,
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
    item.scrollIntoView({ block: 'center' });
    const stop = whenThere(item, selectorOf(place), (element) => {
      flash(element);
      shown(place);
    });
    return stop;
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

function flash(element: HTMLElement): void {
  const fold = element.querySelector<HTMLElement>('.card-fold');
  if (fold?.getAttribute('aria-expanded') === 'false') fold.click();
  element.scrollIntoView({ block: 'center' });
  const focusable = fold ?? element;
  if (fold === null) element.tabIndex = -1;
  focusable.focus({ preventScroll: true });
  element.animate?.([{ boxShadow: '0 0 0 3px var(--accent)' }, { boxShadow: '0 0 0 3px transparent' }], flashMs);
}
