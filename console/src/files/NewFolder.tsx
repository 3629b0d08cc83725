import { type FormEvent, useState } from 'react';
import { Refusal } from '../ui/Confirm.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { useCommand } from '../ui/useCommand.ts';

interface NewFolderProps {
  /** The folder that it will be in. */
  readonly within: string;
  readonly make: (name: string) => Promise<unknown>;
  readonly made: (name: string) => void;
  readonly closed: () => void;
}

/** Asks for the name of a new folder. */
export function NewFolder({ within, make, made, closed }: NewFolderProps) {
  const [name, setName] = useState('');
  const { busy, error, run } = useCommand();
  return (
    <Dialog title="New folder" className="dialog-small" testId="new-folder" closed={closed}>
      {(close) => (
        <form
          className="dialog-body"
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            run(
              () => make(name),
              () => {
                close();
                made(name);
              },
            );
          }}
        >
          <label className="label" htmlFor="new-folder-name">
            {within === '' ? 'Its name' : `Its name in ${within}`}
          </label>
          <div className="row">
            <input
              id="new-folder-name"
              className="field"
              data-testid="new-folder-name"
              autoComplete="off"
              spellCheck={false}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
            <button
              type="submit"
              className="button button-primary"
              data-testid="new-folder-make"
              disabled={busy || name.trim() === ''}
            >
              Make
            </button>
          </div>
          <Refusal text={error} />
        </form>
      )}
    </Dialog>
  );
}
