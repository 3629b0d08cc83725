import { type ConversationState, type Session, unitsOf, type ViewMessage } from '@toolruntime/client';
import { memo, useRef, useState } from 'react';
import { useSince } from '../app/stale.ts';
import { Batch } from '../tools/Batch.tsx';
import { Button } from '../ui/Button.tsx';
import { CommandButton } from '../ui/CommandButton.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { focusAfter } from '../ui/focusAfter.ts';
import { bytes, count, when } from '../ui/format.ts';
import { type IconName, icons } from '../ui/icons.tsx';
import { report } from '../ui/report.ts';
import { Editor } from './Editor.tsx';
import { Markdown } from './markdown/Markdown.tsx';

interface MessageProps {
  readonly session: Session;
  readonly message: ViewMessage;
  /** Whether it is from before the view: it can be read, and its tools are not at hand. */
  readonly old?: boolean;
}

const stateTexts: Readonly<Partial<Record<ConversationState, string>>> = {
  queued: 'Queued',
  active: 'Thinking',
  paused_for_tools: 'Waiting for its tools',
  resuming: 'Resuming',
  error: 'Failed',
  cancelled: 'Cancelled',
};

export const Message = memo(function Message({ session, message, old = false }: MessageProps) {
  const [editing, setEditing] = useState(false);
  const article = useRef<HTMLElement>(null);
  const edited = () => focusAfter(() => setEditing(false), article.current, 'message-edit');
  const user = message.role === 'user';
  return (
    <article
      ref={article}
      className={`message message-${user ? 'user' : 'assistant'}`}
      data-testid="message"
      data-message-id={message.id}
      data-role={message.role}
      data-state={message.state}
      aria-label={user ? 'Your message' : 'Reply'}
    >
      {editing ? (
        <Editor session={session} message={message} close={edited} />
      ) : (
        <Body session={session} message={message} old={old} />
      )}
      {editing ? null : <Foot session={session} message={message} old={old} edit={() => setEditing(true)} />}
    </article>
  );
});

function Body({ session, message, old }: MessageProps) {
  if (message.deleted) return <p className="message-deleted">Deleted</p>;
  if (message.role === 'user') {
    return (
      <div className="bubble" data-testid="message-text">
        <Missing message={message} />
        {message.text}
      </div>
    );
  }
  const { before, after } = aroundBatches(message);
  const late = message.batches.length > 0 && (message.round ?? 1) > message.batches.length;
  const thinking = message.reasoning === undefined ? null : <Thinking text={message.reasoning} />;
  return (
    <>
      <Missing message={message} />
      {late ? null : thinking}
      {before === '' ? null : <Text text={before} />}
      {old ? <Gone batches={message.batches.length} /> : null}
      {message.batches.map((id) => (
        <Batch key={id} session={session} batchId={id} />
      ))}
      {late ? thinking : null}
      {after === '' ? null : <Text text={after} />}
      <State session={session} message={message} />
    </>
  );
}

/** What the model thought before it wrote; folded, for it is long and not the answer. */
function Thinking({ text }: { readonly text: string }) {
  return (
    <details className="thinking" data-testid="message-reasoning">
      <summary>Thinking</summary>
      <div className="thinking-text">{text}</div>
    </details>
  );
}

/** In place of the beginning of a text that is too long for the view. */
function Missing({ message }: Pick<MessageProps, 'message'>) {
  if (message.textOffset === undefined) return null;
  return <p className="hint">{`${bytes(message.textOffset)} before this`}</p>;
}

/** In place of tools that the view does not hold any more. */
function Gone({ batches }: { readonly batches: number }) {
  if (batches === 0) return null;
  return <p className="hint">{count(batches, 'batch', 'batches')} of tools ran here.</p>;
}

function Text({ text }: { readonly text: string }) {
  return (
    <div data-testid="message-text">
      <Markdown text={text} />
    </div>
  );
}

/** What a round says stands above the tools that it calls; what follows the last tools stands below them. */
export function aroundBatches({ text, textOffset, round, roundOffset, batches }: ViewMessage): {
  before: string;
  after: string;
} {
  if (batches.length === 0 || (round ?? 1) <= batches.length) return { before: text, after: '' };
  const { units } = unitsOf(text, Math.max(0, (roundOffset ?? 0) - (textOffset ?? 0)));
  return { before: text.slice(0, units), after: text.slice(units) };
}

function State({ session, message }: MessageProps) {
  const { state, error, paused } = message;
  const since = useSince(session);
  const text = stateTexts[state];
  if (text === undefined) return null;
  const open = state !== 'error' && state !== 'cancelled';
  // While tools run, their bar has the one Pause and the one Stop.
  const controls = open && state !== 'paused_for_tools';
  const known = paused ? 'Paused' : message.text === '' || state !== 'active' ? text : 'Writing';
  const stale = since !== undefined && open && !paused;
  const name = stale ? `Was ${known.charAt(0).toLowerCase()}${known.slice(1)}` : known;
  return (
    <div className="reply-state" data-testid="message-state" data-state={state} data-paused={paused === true}>
      {open && !paused && !stale ? (
        <span className="pulse" aria-hidden="true" />
      ) : (
        icons[stale ? 'clock' : iconOf(state)]
      )}
      <span>{name}</span>
      {error === undefined ? null : (
        <span className="reply-error" data-testid="message-error" data-code={error.code}>
          {error.message || error.code}
        </span>
      )}
      {state === 'error' && error?.retryable !== false ? (
        <Button
          label="Retry"
          icon="retry"
          className="button-small"
          testId="message-retry"
          onClick={() => report('Retrying', session.retryMessage(message.id))}
        />
      ) : null}
      {controls ? (
        <CommandButton
          session={session}
          command={`${paused ? 'resume' : 'pause'}:${message.id}`}
          what={paused ? 'Resuming' : 'Pausing'}
          send={() => (paused ? session.resumeMessage(message.id) : session.pauseMessage(message.id))}
          label={paused ? 'Resume' : 'Pause'}
          icon={paused ? 'play' : 'pause'}
          kind="quiet"
          className="button-small"
          testId={paused ? 'message-resume' : 'message-pause'}
        />
      ) : null}
      {controls ? (
        <CommandButton
          session={session}
          command={`cancel:${message.id}`}
          what="Stopping"
          send={() => session.cancelMessage(message.id)}
          label="Stop"
          icon="stop"
          kind="quiet"
          className="button-small"
          testId="message-cancel"
        />
      ) : null}
    </div>
  );
}

function iconOf(state: ConversationState): IconName {
  if (state === 'error') return 'warn';
  return state === 'cancelled' ? 'stop' : 'pause';
}

function Foot({ session, message, old, edit }: MessageProps & { readonly edit: () => void }) {
  const [deleting, setDeleting] = useState(false);
  const ended = message.state === 'completed' || message.state === 'error' || message.state === 'cancelled';
  return (
    <footer className="message-foot">
      <time dateTime={message.at}>{when(message.at)}</time>
      {message.model === undefined ? null : <span>{message.model}</span>}
      {message.edited && !message.deleted ? <span>edited</span> : null}
      {message.usage?.outputTokens === undefined ? null : (
        <span>
          {message.usage.inputTokens ?? 0} + {message.usage.outputTokens} tokens
        </span>
      )}
      {ended && !message.deleted ? (
        <span className="message-actions">
          {message.text === '' ? null : (
            <Button
              label="Copy"
              icon="copy"
              iconOnly
              kind="quiet"
              onClick={() => report('Copying', navigator.clipboard.writeText(message.text))}
            />
          )}
          {old ? null : (
            <>
              {message.textOffset === undefined ? (
                <Button label="Edit" icon="edit" iconOnly kind="quiet" testId="message-edit" onClick={edit} />
              ) : null}
              <Button
                label="Delete"
                icon="trash"
                iconOnly
                kind="quiet"
                testId="message-delete"
                onClick={() => setDeleting(true)}
              />
            </>
          )}
        </span>
      ) : null}
      {deleting ? (
        <Confirm
          title="Delete this message?"
          text="Its text is erased for everybody."
          action="Delete"
          send={() => session.deleteMessage(message.id)}
          closed={() => setDeleting(false)}
        />
      ) : null}
    </footer>
  );
}
