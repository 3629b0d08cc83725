import type { View, ViewMessage } from '@toolruntime/client';
import { memo, useMemo } from 'react';
import { feedOf } from '../chat/feed.ts';
import { aroundBatches } from '../chat/Message.tsx';
import { Markdown } from '../chat/markdown/Markdown.tsx';
import { hasEnded } from '../tools/status.ts';
import { ReplayCard } from './ReplayCard.tsx';

interface ConversationProps {
  readonly view: View;
  /** The time of the moment. */
  readonly now: number;
}

/** A session as it was at a moment: to be read, not to be changed. */
export function Conversation({ view, now }: ConversationProps) {
  const { messages, batches } = view;
  const items = useMemo(() => feedOf(messages, batches), [messages, batches]);
  return items.map((item) => (
    <div key={item.key} className="replay-item">
      {item.kind === 'message' ? (
        <Said message={item.message} view={view} now={now} />
      ) : (
        <Tools batchId={item.batchId} view={view} now={now} />
      )}
    </div>
  ));
}

function Said({ message, view, now }: ConversationProps & { readonly message: ViewMessage }) {
  const user = message.role === 'user';
  const { before, after } = aroundBatches(message);
  return (
    <article
      className={`message message-${user ? 'user' : 'assistant'}`}
      data-testid="replay-message"
      aria-label={user ? 'Message' : 'Reply'}
    >
      {message.deleted ? <p className="message-deleted">Deleted</p> : null}
      {user && !message.deleted ? (
        <div className="bubble">{message.text === '' ? <i>Erased since</i> : message.text}</div>
      ) : null}
      {user || before === '' ? null : <Text text={before} />}
      {message.batches.map((id) => (
        <Tools key={id} batchId={id} view={view} now={now} />
      ))}
      {user || after === '' ? null : <Text text={after} />}
      {message.error === undefined ? null : (
        <p className="card-error">
          <code>{message.error.code}</code> {message.error.message}
        </p>
      )}
    </article>
  );
}

const Text = memo(function Text({ text }: { readonly text: string }) {
  return (
    <div data-testid="replay-text">
      <Markdown text={text} />
    </div>
  );
});

function Tools({ batchId, view, now }: ConversationProps & { readonly batchId: string }) {
  const ids = view.batches[batchId]?.executions ?? [];
  return (
    <div className="cards" data-single={ids.length === 1}>
      {ids.map((id) => {
        const execution = view.executions[id];
        if (execution === undefined) return null;
        const runs = execution.startedAt !== undefined && !hasEnded(execution.state);
        return (
          <div key={id} className="card-place">
            <ReplayCard executionId={id} execution={execution} now={runs ? now : undefined} />
          </div>
        );
      })}
    </div>
  );
}
