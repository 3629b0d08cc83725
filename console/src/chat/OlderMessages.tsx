import type { Session } from '@toolruntime/client';
import { Button } from '../ui/Button.tsx';
import { Windowed } from '../ui/Windowed.tsx';
import { Message } from './Message.tsx';
import type { Older } from './older.ts';

/** They are drawn once, so that what is read does not move; this is for the time before that. */
const olderHeight = 80;

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
        <Windowed
          key={`o:${message.id}`}
          className="feed-item"
          data-testid="feed-item"
          data-item={`m:${message.id}`}
          estimate={olderHeight}
          first
        >
          <Message session={session} message={message} old />
        </Windowed>
      ))}
    </>
  );
}
