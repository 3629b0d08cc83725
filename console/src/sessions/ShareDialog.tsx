import type { Session } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { type FormEvent, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { Refusal } from '../ui/Confirm.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Submit, TextField } from '../ui/Field.tsx';
import { useCommand } from '../ui/useCommand.ts';

interface ShareDialogProps {
  readonly session: Session;
  readonly closed: () => void;
}

/** Says who else may open a session, and lets people in and out. */
export function ShareDialog({ session, closed }: ShareDialogProps) {
  const owner = useSessionValue(session, (s) => s.view.owner);
  const members = useSessionValue(session, (s) => s.view.members);
  const [names, setNames] = useState('');
  const { busy, error, run } = useCommand();
  const added = names.split(/[\s,;]+/).filter((name) => name !== '' && !members.includes(name));
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (added.length > 0)
      run(
        () => session.share([...members, ...added]),
        () => setNames(''),
      );
  };
  return (
    <Dialog title="Share this session" className="dialog-small" testId="share" closed={closed}>
      {(close) => (
        <form className="dialog-body" onSubmit={add}>
          <TextField
            label="Let in"
            testId="share-names"
            aria-describedby="share-hint"
            spellCheck={false}
            value={names}
            change={setNames}
            beside={<Submit label="Add" testId="share-add" disabled={busy || added.length === 0} />}
          />
          <p id="share-hint" className="hint">
            Names of users, separated by commas. They see everything here and may do what you may.
          </p>
          <Refusal text={error} />
          <ul className="people" aria-label="Who may open this session">
            {owner === undefined ? null : (
              <li>
                <span>{owner}</span>
                <span className="hint">owner</span>
              </li>
            )}
            {members.map((name) => (
              <li key={name} data-testid="share-member">
                <span>{name}</span>
                <Button
                  label={`Remove ${name}`}
                  icon="close"
                  iconOnly
                  kind="quiet"
                  disabled={busy}
                  onClick={() =>
                    run(
                      () => session.share(members.filter((other) => other !== name)),
                      () => {},
                    )
                  }
                />
              </li>
            ))}
          </ul>
          <div className="dialog-foot">
            <Button label="Done" onClick={close} />
          </div>
        </form>
      )}
    </Dialog>
  );
}
