import type { Session, ViewMessage } from '@toolruntime/client';
import { useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { report } from '../ui/report.ts';

interface EditorProps {
  readonly session: Session;
  readonly message: ViewMessage;
  readonly close: () => void;
}

/** Changes a message's text, or sends the changed one as a message of its own, which is answered. */
export function Editor({ session, message, close }: EditorProps) {
  const [text, setText] = useState(message.text);
  const save = () => {
    if (text !== message.text) report('Editing', session.editMessage(message.id, text));
    close();
  };
  const user = message.role === 'user';
  const send = () => {
    if (text.trim() === '') return;
    session.sendMessage(text).catch(() => {});
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
        {user ? (
          <Button label="Send again" icon="send" kind="primary" testId="message-editor-send" onClick={send} />
        ) : null}
        <Button label="Save" kind={user ? 'plain' : 'primary'} testId="message-editor-save" onClick={save} />
        <Button label="Cancel" onClick={close} />
        <span className="hint">{user ? 'Saved only, the reply is not written again.' : 'Nothing is run again.'}</span>
      </div>
    </div>
  );
}
