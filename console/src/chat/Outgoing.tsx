import type { OutgoingMessage, Session } from '@toolruntime/client';
import { Button } from '../ui/Button.tsx';
import { icons } from '../ui/icons.tsx';
import { report } from '../ui/report.ts';

interface OutgoingProps {
  readonly session: Session;
  readonly message: OutgoingMessage;
}

const texts = { queued: 'Waiting for the connection', sending: 'Sending', failed: 'Not sent' } as const;

/** A message that was typed here and that the server has not confirmed. */
export function Outgoing({ session, message }: OutgoingProps) {
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
