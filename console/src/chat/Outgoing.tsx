import type { OutgoingMessage, Session } from '@toolruntime/client';
import { Button } from '../ui/Button.tsx';
import { icons } from '../ui/icons.tsx';
import { report } from '../ui/report.ts';

interface OutgoingProps {
  readonly session: Session;
  readonly message: OutgoingMessage;
  /** Puts a message that was not sent back where it was typed. */
  readonly takeBack: (draft: { text: string; model?: string }) => void;
}

const texts = { queued: 'Waiting for the connection', sending: 'Sending', failed: 'Not sent' } as const;

/** A message that was typed here and that the server has not confirmed. */
export function Outgoing({ session, message, takeBack }: OutgoingProps) {
  const failed = message.state === 'failed';
  return (
    <article className="message message-user" data-testid="outgoing-message" data-state={message.state}>
      <div className="bubble bubble-outgoing">{message.text}</div>
      <footer className="message-foot" data-tone={failed ? 'bad' : 'idle'}>
        {icons[failed ? 'warn' : 'clock']}
        <span>{texts[message.state]}</span>
        {failed ? (
          <>
            <span>{message.error?.message}</span>
            <Button
              label="Send again"
              icon="retry"
              className="button-small"
              testId="outgoing-retry"
              onClick={() => report('Sending', session.resend(message.id))}
            />
            <Button
              label="Change"
              icon="edit"
              kind="quiet"
              className="button-small"
              testId="outgoing-change"
              onClick={() => {
                session.discard(message.id);
                takeBack({
                  text: message.text,
                  ...(message.options.model === undefined ? {} : { model: message.options.model }),
                });
              }}
            />
            <Button
              label="Discard"
              kind="quiet"
              className="button-small"
              testId="outgoing-discard"
              onClick={() => session.discard(message.id)}
            />
          </>
        ) : null}
      </footer>
    </article>
  );
}
