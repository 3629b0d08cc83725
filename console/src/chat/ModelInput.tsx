import type { Session, ViewMessage } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { type KnownModel, useModels } from '../sessions/useModels.ts';
import { useFloating } from '../ui/useFloating.ts';
import { useListbox } from '../ui/useListbox.ts';
import { usedModels } from './models.ts';

interface ModelInputProps {
  readonly id: string;
  readonly testId: string;
  readonly session: Session;
  readonly value: string;
  readonly placeholder: string;
  readonly onChange: (model: string) => void;
}

/** Where a model is chosen: of those that the server has and those that were used, or any other by its name. */
export function ModelInput({ id, testId, session, value, placeholder, onChange }: ModelInputProps) {
  const [open, setOpen] = useState(false);
  const [wanted, want] = useState(false);
  const [typed, setTyped] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const messages = useSessionValue(session, (s) => s.view.messages);
  const known = useModels(wanted);
  const all = useMemo(() => offered(known, messages), [known, messages]);
  const found = all.filter(({ name, title }) => `${name} ${title}`.toLowerCase().includes(typed.toLowerCase()));
  const shown = open && found.length > 0;
  const choose = (name: string) => {
    onChange(name);
    setOpen(false);
  };
  const list = useListbox(
    shown ? found.length : 0,
    (at) => found[at] && choose(found[at].name),
    `${typed} ${open}`,
    -1,
  );
  const style = useFloating(field, shown);
  const show = () => {
    want(true);
    setTyped('');
    setOpen(true);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (shown && list.onKey(event)) return;
    if (shown && event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      return setOpen(false);
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    show();
  };
  return (
    <>
      <input
        ref={field}
        id={id}
        className="field"
        data-testid={testId}
        role="combobox"
        aria-expanded={shown}
        aria-controls={shown ? list.id : undefined}
        aria-autocomplete="list"
        aria-activedescendant={shown && list.at >= 0 ? list.optionId(list.at) : undefined}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        value={value}
        onFocus={() => want(true)}
        onClick={() => (shown ? setOpen(false) : show())}
        onBlur={() => setOpen(false)}
        onChange={(event) => {
          onChange(event.target.value);
          setTyped(event.target.value);
          setOpen(event.target.value !== ''); // cleared, it is done: the list would only be in the way
        }}
        onKeyDown={onKeyDown}
      />
      {shown ? (
        <div
          role="listbox"
          id={list.id}
          aria-label="Models"
          className="floating model-list"
          style={style}
          data-testid="model-options"
        >
          {found.map((model, i) => (
            // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the field has the focus and takes the keys
            <div
              key={model.name}
              role="option"
              id={list.optionId(i)}
              aria-selected={i === list.at}
              className="model-option"
              data-testid="model-option"
              onPointerMove={() => list.mark(i)}
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => choose(model.name)}
            >
              <span>{model.name}</span>
              {model.title === model.name ? null : <span className="hint">{model.title}</span>}
              {model.default ? <span className="badge">default</span> : null}
            </div>
          ))}
        </div>
      ) : null}
    </>
  );
}

/** What the server has, then what was seen before. */
function offered(known: readonly KnownModel[], messages: readonly ViewMessage[]): readonly KnownModel[] {
  const seen = new Set([...messages.flatMap((m) => m.model ?? []), ...usedModels()]);
  for (const { name } of known) seen.delete(name);
  return [...known, ...[...seen].map((name) => ({ name, title: name, provider: '' }))];
}
