import type { Session } from '@toolruntime/client';
import { type FormEvent, type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { icons } from '../ui/icons.tsx';

/** What was typed and not sent, by session, while the page lives. */
const drafts = new Map<string, string>();

interface ComposerProps {
  readonly session: Session;
  /** Fills the composer; a new object each time. */
  readonly suggestion: { readonly text: string } | undefined;
}

/** Where a message is typed. Enter sends it, Shift+Enter begins a new line. */
export function Composer({ session, suggestion }: ComposerProps) {
  const [text, setText] = useState(() => drafts.get(session.id) ?? '');
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    drafts.set(session.id, text);
  }, [session, text]);
  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    if (suggestion === undefined) return;
    setText(suggestion.text);
    field.current?.focus();
  }, [suggestion]);
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null || text.length < 0) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);

  const send = (event?: FormEvent) => {
    event?.preventDefault();
    if (text.trim() === '') return;
    // Its refusal is shown with the message itself.
    session.sendMessage(text).catch(() => {});
    setText('');
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form className="composer" onSubmit={send}>
      <textarea
        ref={field}
        data-testid="composer"
        aria-label="Message"
        aria-describedby="composer-hint"
        placeholder="Message, or /tool {json}"
        rows={1}
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <button
        type="submit"
        className="button button-primary button-icon composer-send"
        data-testid="send"
        aria-label="Send"
        title="Send (Enter)"
        disabled={text.trim() === ''}
      >
        {icons.send}
      </button>
      <p id="composer-hint" className="composer-hint">
        <kbd>Enter</kbd> sends, <kbd>Shift</kbd>+<kbd>Enter</kbd> new line. Each line that begins with{' '}
        <code>/tool</code> is a call; they run in parallel.
      </p>
    </form>
  );
}
