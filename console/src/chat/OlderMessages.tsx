import type { Session } from '@toolruntime/client';
import { Button } from '../ui/Button.tsx';
import { Message } from './Message.tsx';
import type { Older } from './older.ts';

/** Messages from before the view, and how to get more of them. */
export function OlderMessages({ session, older }: { readonly session: Session; readonly older: Older }) {
  return (
    <>
      {older.more ? (
        <div className="older">
          <Button
            label={older.loading ? 'Loading earlier messages' : 'Earlier messages'}
            icon="up"
            className="button-small"
            testId="older"
            aria-disabled={older.loading}
            onClick={older.load}
          />
          {older.error === undefined ? null : (
            <span className="older-error" role="alert" data-testid="older-error">
              {older.error}
            </span>
          )}
        </div>
      ) : null}
      {older.messages.map((message) => (
        <Message key={`o:${message.id}`} session={session} message={message} old />
      ))}
    </>
  );
}
