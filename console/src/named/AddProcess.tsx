import type { NamedRestartPolicy, Session } from '@toolruntime/client';
import { type FormEvent, useId, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { Refusal } from '../ui/Confirm.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { SelectField, Submit, TextField } from '../ui/Field.tsx';
import { useCommand } from '../ui/useCommand.ts';
import { definitionOf, emptyForm, type ProcessForm } from './definition.ts';

interface AddProcessProps {
  readonly session: Session;
  readonly added: (name: string) => void;
  readonly closed: () => void;
}

const policies: readonly (readonly [NamedRestartPolicy, string])[] = [
  ['on_failure', 'When it has failed'],
  ['always', 'Always'],
  ['never', 'Never'],
];

const checks: readonly (readonly [ProcessForm['ready'], string])[] = [
  ['none', 'As soon as it runs'],
  ['pattern', 'When it prints …'],
  ['port', 'When a port answers'],
];

/** Defines a process and starts it. */
export function AddProcess({ session, added, closed }: AddProcessProps) {
  const [form, setForm] = useState(emptyForm);
  const { busy, error, run } = useCommand();
  const terminal = useId();
  const set = (changes: Partial<ProcessForm>) => setForm({ ...form, ...changes });
  const name = form.name.trim();
  return (
    <Dialog title="Add a process" className="dialog-small" testId="process-dialog" closed={closed}>
      {(close) => (
        <form
          className="dialog-body process-form"
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            run(
              () => session.putProcess(name, definitionOf(form), true),
              () => {
                close();
                added(name);
              },
            );
          }}
        >
          <TextField
            label="Name"
            testId="process-name"
            placeholder="web"
            required
            value={form.name}
            change={(v) => set({ name: v })}
          />
          <TextField
            label="Command"
            testId="process-command"
            placeholder="npm run dev"
            required
            value={form.command}
            change={(v) => set({ command: v })}
          />
          <TextField
            label="Folder of the workspace (optional)"
            testId="process-folder"
            value={form.workingDirectory}
            change={(v) => set({ workingDirectory: v })}
          />
          <SelectField
            label="Run again"
            testId="process-policy"
            options={policies}
            value={form.restart}
            change={(v) => set({ restart: v })}
          />
          <SelectField
            label="Ready"
            testId="process-ready"
            options={checks}
            value={form.ready}
            change={(v) => set({ ready: v })}
          />
          {form.ready === 'pattern' ? (
            <TextField
              label="A line that matches this expression"
              testId="process-pattern"
              placeholder="listening on"
              required
              value={form.pattern}
              change={(v) => set({ pattern: v })}
            />
          ) : null}
          {form.ready === 'port' ? (
            <>
              <TextField
                label="Port"
                testId="process-port"
                inputMode="numeric"
                required
                value={form.port}
                change={(v) => set({ port: v })}
              />
              <TextField
                label="Path that has to be there (optional)"
                testId="process-path"
                placeholder="/health"
                value={form.path}
                change={(v) => set({ path: v })}
              />
            </>
          ) : null}
          <TextField
            label="After other processes (optional)"
            testId="process-depends"
            placeholder="db:ready, migrate:completed"
            value={form.dependsOn}
            change={(v) => set({ dependsOn: v })}
          />
          <label className="check" htmlFor={terminal}>
            <input
              id={terminal}
              type="checkbox"
              data-testid="process-terminal"
              checked={form.terminal}
              onChange={(event) => set({ terminal: event.target.checked })}
            />
            With a terminal
          </label>
          <Refusal text={error} />
          <div className="dialog-foot">
            <Button label="Cancel" kind="quiet" onClick={close} />
            <Submit label="Add and start" testId="process-add-do" disabled={busy} />
          </div>
        </form>
      )}
    </Dialog>
  );
}
