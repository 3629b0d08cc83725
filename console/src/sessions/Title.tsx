import type { Session } from '@toolruntime/client';
import { type FormEvent, useRef, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { focusAfter } from '../ui/focusAfter.ts';
import { report } from '../ui/report.ts';

interface TitleProps {
  readonly session: Session;
  readonly title: string;
  /** Whether the session can be renamed now. */
  readonly live: boolean;
}

/** What the session is called, for all who share it; can be changed in place. */
export function Title({ session, title, live }: TitleProps) {
  const [editing, setEditing] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const close = () => focusAfter(() => setEditing(false), place.current, 'session-rename');
  return (
    <div className="session-name" ref={place}>
      {editing ? (
        <Field session={session} title={title} close={close} />
      ) : (
        <>
          <h2 title={title} data-testid="session-title">
            {title || (live ? 'Empty session' : `Session ${session.id}`)}
          </h2>
          <Button
            label="Rename this session"
            icon="edit"
            iconOnly
            kind="quiet"
            testId="session-rename"
            disabled={!live}
            onClick={() => setEditing(true)}
          />
        </>
      )}
    </div>
  );
}

interface FieldProps {
  readonly session: Session;
  readonly title: string;
  readonly close: () => void;
}

function Field({ session, title, close }: FieldProps) {
  const [text, setText] = useState(title);
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== title) report('Renaming', session.rename(text.trim()));
    close();
  };
  return (
    <form className="row" onSubmit={save}>
      <input
        className="field"
        data-testid="session-title-field"
        aria-label="Title of the session"
        placeholder="as its first message"
        maxLength={200}
        value={text}
        // biome-ignore lint/a11y/noAutofocus: the reader has just asked to rename
        autoFocus
        onFocus={(event) => event.target.select()}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') close();
        }}
      />
      <button type="submit" className="button button-primary" data-testid="session-title-save">
        Save
      </button>
    </form>
  );
}
