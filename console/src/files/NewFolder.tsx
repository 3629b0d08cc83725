import { type FormEvent, useState } from 'react';
import { Refusal } from '../ui/Confirm.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Submit, TextField } from '../ui/Field.tsx';
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
          <TextField
            label={within === '' ? 'Its name' : `Its name in ${within}`}
            testId="new-folder-name"
            spellCheck={false}
            value={name}
            change={setName}
            beside={<Submit label="Make" testId="new-folder-make" disabled={busy || name.trim() === ''} />}
          />
          <Refusal text={error} />
        </form>
      )}
    </Dialog>
  );
}
