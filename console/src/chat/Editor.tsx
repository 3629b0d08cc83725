import type { Session, ViewMessage } from '@toolruntime/client';
import { useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { report } from '../ui/report.ts';

interface EditorProps {
  readonly session: Session;
  readonly message: ViewMessage;
  readonly close: () => void;
}

/** Changes a message's text; nothing is run again. */
export function Editor({ session, message, close }: EditorProps) {
  const [text, setText] = useState(message.text);
  const save = () => {
    if (text !== message.text) report('Editing', session.editMessage(message.id, text));
    close();
  };
  return (
    <div className="editor">
      <textarea
        className="field"
        aria-label="Text of the message"
        data-testid="message-editor"
        rows={Math.min(12, text.split('\n').length + 1)}
        value={text}
        // biome-ignore lint/a11y/noAutofocus: the reader has just asked to edit
        autoFocus
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') close();
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save();
        }}
      />
      <div className="row">
        <Button label="Save" kind="primary" testId="message-editor-save" onClick={save} />
        <Button label="Cancel" onClick={close} />
        <span className="hint">The reply is not written again.</span>
      </div>
    </div>
  );
}
