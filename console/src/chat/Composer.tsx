import type { Session } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { type FormEvent, type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { findTools, slashed } from '../picker/find.ts';
import type { PickRequest } from '../picker/request.ts';
import { SlashMenu } from '../picker/SlashMenu.tsx';
import { draftOf, keepDraft } from '../sessions/kept.ts';
import { settingsOf } from '../sessions/settings.ts';
import { TypingSignal } from '../sessions/signals.ts';
import { directive, type KnownTool } from '../sessions/useTools.ts';
import { openTerminal, terminalCommand, terminalTool } from '../tools/pty/openTerminal.ts';
import { Button } from '../ui/Button.tsx';
import { icons } from '../ui/icons.tsx';
import { useListbox } from '../ui/useListbox.ts';
import { ModelInput } from './ModelInput.tsx';
import { usedModel } from './models.ts';
import { recall } from './recall.ts';

interface ComposerProps {
  readonly session: Session;
  /** The model that answers a message which names none, as far as known. */
  readonly usual: string | undefined;
  readonly tools: readonly KnownTool[] | undefined | null;
  /** Opens the form of a tool. */
  readonly pick: (request: PickRequest) => void;
  /** Fills the composer; a new object each time. */
  readonly suggestion: { readonly text: string; readonly model?: string } | undefined;
}

/** Where a message is typed. Enter sends it, Shift+Enter begins a new line, arrow-up brings back what was sent, `/` lists the tools. */
export function Composer({ session, usual: answers, tools, pick, suggestion }: ComposerProps) {
  const [text, setText] = useState(() => draftOf(session.id).text);
  const [model, setModel] = useState(() => draftOf(session.id).model);
  const parameters = useSessionValue(session, (s) => s.view.parameters);
  const usual = settingsOf(parameters).model;
  const field = useRef<HTMLTextAreaElement>(null);
  const typing = useMemo(() => new TypingSignal((active) => void session.typing(active).catch(() => {})), [session]);
  useEffect(() => () => typing.ended(), [typing]);
  useEffect(() => {
    keepDraft(session.id, { text, model });
  }, [session, text, model]);
  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    if (suggestion === undefined) return;
    setText(suggestion.text);
    if (suggestion.model !== undefined) setModel(suggestion.model);
    field.current?.focus();
  }, [suggestion]);
  useFittingHeight(field, text);
  const [dismissed, dismiss] = useState('');
  const begun = text === dismissed ? undefined : slashed(text);
  const found = begun === undefined ? [] : findTools(tools ?? [], begun);
  const choose = (tool: KnownTool) => {
    typing.ended();
    setText('');
    if (tool.name === terminalTool) return openTerminal(session);
    pick({ tool: tool.name });
  };
  const list = useListbox(found.length, (at) => found[at] && choose(found[at]), begun ?? '');
  const listed = found.length > 0;
  const answering = model.trim() || answers;
  const takesCalls = answering === undefined || answering === directive;

  const send = (event?: FormEvent) => {
    event?.preventDefault();
    if (text.trim() === '') return;
    const command = terminalCommand(text);
    if (command !== undefined) {
      openTerminal(session, command);
      typing.ended();
      setText('');
      return;
    }
    const named = model.trim() || usual;
    // Its refusal is shown with the message itself.
    session.sendMessage(text, named === '' ? {} : { model: named }).then(
      () => {
        if (named !== '') usedModel(named);
      },
      () => {},
    );
    typing.ended();
    setText('');
  };
  const onArrow = (event: KeyboardEvent, key: 'ArrowUp' | 'ArrowDown') => {
    const { selectionStart = 0, selectionEnd = 0 } = field.current ?? {};
    const edge =
      key === 'ArrowUp' ? selectionStart === 0 || selectionStart === text.length : selectionEnd === text.length;
    const recalled = edge && !event.shiftKey ? recall(session, text, key) : undefined;
    if (recalled === undefined) return;
    event.preventDefault();
    setText(recalled);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (listed && list.onKey(event)) return;
    if (listed && event.key === 'Escape') return dismiss(text);
    if (event.key === 'ArrowUp' || event.key === 'ArrowDown') return onArrow(event, event.key);
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form className="composer" onSubmit={send}>
      <div className="composer-box">
        <textarea
          id="composer"
          ref={field}
          data-testid="composer"
          aria-label="Message"
          aria-describedby="composer-hint"
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls={listed ? list.id : undefined}
          aria-activedescendant={listed ? list.optionId(list.at) : undefined}
          placeholder={takesCalls ? 'Message, or /tool and its arguments' : 'Message'}
          rows={1}
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            dismiss('');
            typing.typed(event.target.value === '');
          }}
          onKeyDown={onKeyDown}
          onBlur={() => dismiss(text)}
        />
        {listed ? <SlashMenu anchor={field} list={list} tools={found} choose={choose} /> : null}
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
      </div>
      <div className="composer-foot">
        <Button
          label="Tools"
          icon="tool"
          kind="quiet"
          className="button-small"
          testId="tools-open"
          title="Choose a tool and fill in its form (Ctrl+/)"
          aria-keyshortcuts="Control+/ Meta+/"
          onClick={() => pick({})}
        />
        <p id="composer-hint" className="composer-hint">
          <kbd>Enter</kbd> sends, <kbd>Shift</kbd>+<kbd>Enter</kbd> new line, <kbd>↑</kbd> earlier, <kbd>/</kbd> tools.{' '}
          {takesCalls ? (
            <>
              Lines such as <code>/shell ls</code> run at once.
            </>
          ) : null}
        </p>
        <label className="composer-model" htmlFor="model">
          Model
        </label>
        <ModelInput
          id="model"
          testId="model"
          session={session}
          value={model}
          placeholder={usual || answers || 'default'}
          onChange={setModel}
        />
      </div>
    </form>
  );
}

/** As high as its text, up to what the style sheet allows. */
function useFittingHeight(field: { readonly current: HTMLTextAreaElement | null }, text: string): void {
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null || text.length < 0) return;
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight + element.offsetHeight - element.clientHeight}px`;
  }, [field, text]);
}
