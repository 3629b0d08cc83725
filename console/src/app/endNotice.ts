import type { Session, SessionEvent } from '@toolruntime/client';

/** Work shorter than this is not worth a notification. */
const longMs = 10_000;

const ends: Readonly<Partial<Record<SessionEvent['type'], string>>> = {
  'batch.completed': 'All tools have ended',
  'batch.failed': 'All tools have failed',
  'batch.timeout': 'The tools have run out of time',
  'tool.approval_required': 'A tool needs approval',
};

/** Whether this browser can notify, and whether the reader has said yes. */
export function notificationState(): NotificationPermission | 'missing' {
  return typeof Notification === 'undefined' || !window.isSecureContext ? 'missing' : Notification.permission;
}

/** Notifies of the end of long work, and of what needs the reader, while the tab is hidden; returns how to stop. */
export function noticeEnds(session: Session): () => void {
  return session.onEvents((events) => {
    if (!document.hidden || notificationState() !== 'granted') return;
    for (const event of events) {
      const text = ends[event.type];
      const elapsedMs = 'elapsedMs' in event ? (event.elapsedMs ?? 0) : longMs;
      if (text === undefined || elapsedMs < longMs) continue;
      const notification = new Notification(text, { tag: event.batchId ?? session.id, body: describe(event) });
      notification.onclick = () => {
        window.focus();
        notification.close();
      };
    }
  });
}

function describe(event: SessionEvent): string {
  if ('successful' in event) return `${event.successful} of ${event.total} done`;
  return 'name' in event ? (event.name ?? '') : '';
}
