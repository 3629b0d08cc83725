import type { Connection, Session } from '@toolruntime/client';
import { useConnection } from '@toolruntime/client/react';
import { useTyping } from '../sessions/signals.ts';

/** Who else is typing. */
export function Typing({ connection, session }: { readonly connection: Connection; readonly session: Session }) {
  const state = useConnection(connection);
  const me = state.status === 'online' ? state.subject : undefined;
  const names = useTyping(session).map((name) => (name === me ? 'You, elsewhere,' : name));
  return (
    <span className="typing" role="status" data-testid="typing">
      {names.length === 0
        ? ''
        : `${names.join(' and ')} ${names.length === 1 && names[0] !== 'You, elsewhere,' ? 'is' : 'are'} typing`}
    </span>
  );
}
