import type { Session, SessionEvent } from '@toolruntime/client';
import { useEffect, useState } from 'react';

/** What the server says of a tool that has told nothing for long, until it tells something. */
export function StillWorking({ session, executionId }: { readonly session: Session; readonly executionId: string }) {
  const [text, setText] = useState('');
  useEffect(() => {
    const own = (event: SessionEvent) => event.executionId === executionId;
    return session.onEvents((events) => {
      const last = events.filter(own).at(-1);
      if (last !== undefined) setText(last.type === 'tool.waiting' ? (last.message ?? 'Still working.') : '');
    });
  }, [session, executionId]);
  return (
    <p className="hint" role="status" data-testid="tool-still-working">
      {text}
    </p>
  );
}
