import type { Session } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { type FormEvent, useState } from 'react';
import { ModelInput } from '../chat/ModelInput.tsx';
import { Button } from '../ui/Button.tsx';
import { Refusal } from '../ui/Confirm.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { SelectField, Submit } from '../ui/Field.tsx';
import { useCommand } from '../ui/useCommand.ts';
import { changesTo, efforts, parseOthers, settingsOf } from './settings.ts';
import { useTools } from './useTools.ts';

interface SettingsDialogProps {
  readonly session: Session;
  readonly closed: () => void;
}

const reasonings: readonly (readonly [string, string])[] = [
  ['', "the server's choice"],
  ...efforts.map((effort) => [effort, effort] as const),
];

/** Changes a session's parameters. */
export function SettingsDialog({ session, closed }: SettingsDialogProps) {
  const parameters = useSessionValue(session, (s) => s.view.parameters);
  const [before] = useState(() => settingsOf(parameters));
  const [model, setModel] = useState(before.model);
  const [asks, setAsks] = useState(before.approvalRequired);
  const [granted, setGranted] = useState(before.approvalGranted);
  const [reasoning, setReasoning] = useState(before.reasoning);
  const [shown, setShown] = useState(before.showReasoning);
  const [text, setText] = useState(() => JSON.stringify(before.others, undefined, 2));
  const { busy, error, run } = useCommand();
  const others = parseOthers(text);
  const save = (close: () => void) => (event: FormEvent) => {
    event.preventDefault();
    if (others === undefined) return;
    const changes = changesTo(parameters, {
      model: model.trim(),
      approvalRequired: asks,
      approvalGranted: granted,
      reasoning,
      showReasoning: shown,
      others,
    });
    if (Object.keys(changes).length === 0) close();
    else run(() => session.configure(changes), close);
  };
  return (
    <Dialog title="Settings of this session" className="dialog-small" testId="settings" closed={closed}>
      {(close) => (
        <form className="dialog-body" onSubmit={save(close)}>
          <label className="label" htmlFor="settings-model">
            Default model
          </label>
          <ModelInput
            id="settings-model"
            testId="settings-model"
            session={session}
            value={model}
            placeholder="the server's choice"
            onChange={setModel}
          />
          <SelectField
            label="How much models think"
            testId="settings-reasoning"
            options={reasonings}
            value={reasoning}
            change={setReasoning}
          />
          <label className="check">
            <input
              type="checkbox"
              data-testid="settings-show-reasoning"
              checked={shown}
              onChange={(event) => setShown(event.target.checked)}
            />
            <span>Show what they think</span>
          </label>
          <Approvals chosen={asks} choose={setAsks} />
          <Granted tools={granted} choose={setGranted} />
          <details className="others">
            <summary>Other parameters</summary>
            <textarea
              className="field mono"
              aria-label="Other parameters, a JSON object"
              aria-invalid={others === undefined}
              data-testid="settings-others"
              rows={6}
              spellCheck={false}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </details>
          <Refusal
            text={
              others === undefined
                ? 'Other parameters have to be a JSON object, without those that have a field here.'
                : error
            }
          />
          <div className="dialog-foot">
            <Button label="Cancel" onClick={close} />
            <Submit label="Save" testId="settings-save" disabled={busy || others === undefined} />
          </div>
        </form>
      )}
    </Dialog>
  );
}

interface GrantedProps {
  readonly tools: readonly string[];
  readonly choose: (tools: readonly string[]) => void;
}

/** What was allowed for good, to be taken back. */
function Granted({ tools, choose }: GrantedProps) {
  if (tools.length === 0) return null;
  return (
    <fieldset className="approvals">
      <legend className="label">Allowed here without asking</legend>
      <ul className="people">
        {tools.map((name) => (
          <li key={name} data-testid="granted" data-tool={name}>
            <span>{name}</span>
            <Button
              label={`Ask again before ${name}`}
              icon="close"
              iconOnly
              kind="quiet"
              testId="granted-remove"
              onClick={() => choose(tools.filter((other) => other !== name))}
            />
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

interface ApprovalsProps {
  readonly chosen: readonly string[];
  readonly choose: (names: readonly string[]) => void;
}

const every = '*';

function Approvals({ chosen, choose }: ApprovalsProps) {
  const tools = useTools();
  const all = chosen.includes(every);
  const toggle = (name: string) =>
    choose(chosen.includes(name) ? chosen.filter((other) => other !== name) : [...chosen, name]);
  const known = tools ?? [];
  const unknown = chosen.filter((name) => name !== every && !known.some((tool) => tool.name === name));
  return (
    <fieldset className="approvals">
      <legend className="label">Ask me before these tools run</legend>
      <label className="check">
        <input type="checkbox" data-testid="approve-every" checked={all} onChange={() => toggle(every)} />
        <span>Every tool</span>
      </label>
      {tools === undefined ? <p className="hint">Asking for the tools</p> : null}
      {tools === null ? <p className="hint">The server does not say which tools there are.</p> : null}
      <div className="approval-names">
        {[...known, ...unknown.map((name) => ({ name, description: '', needsApproval: false }))].map((tool) => (
          <label key={tool.name} className="check" title={tool.description}>
            <input
              type="checkbox"
              data-testid="approve-tool"
              data-tool={tool.name}
              checked={all || tool.needsApproval || chosen.includes(tool.name)}
              disabled={all || tool.needsApproval}
              onChange={() => toggle(tool.name)}
            />
            <span>{tool.name}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
