import type { Session, SessionEvent } from '@toolruntime/client';
import { useEffect, useState } from 'react';

/** Tells those who do not see the page what has happened: ends and questions, not every line of output. */
export function Announcer({ session }: { readonly session: Session }) {
  const [text, setText] = useState('');
  useEffect(
    () =>
      session.onEvents((events) => {
        const told = events.map(announcement).filter((t) => t !== undefined);
        if (told.length > 0) setText(told.slice(-3).join(' '));
      }),
    [session],
  );
  return (
    <p className="unseen" role="status" data-testid="announcer">
      {text}
    </p>
  );
}

function announcement(event: SessionEvent): string | undefined {
  switch (event.type) {
    case 'batch.started':
      return `${event.total} tools run.`;
    case 'tool.approval_required':
      return `${event.name ?? 'A tool'} needs your approval.`;
    case 'batch.completed':
    case 'batch.failed':
    case 'batch.timeout':
    case 'batch.cancelled':
      return `All tools have ended: ${event.successful} of ${event.total} done.`;
    case 'message.completed':
      return `Reply: ${event.text.slice(0, 300)}`;
    case 'message.failed':
      return `The reply has failed: ${event.error.message}`;
    default:
      return undefined;
  }
}
