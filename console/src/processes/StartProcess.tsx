import type { JsonObject, ToolCall } from '@toolruntime/client';
import { type FormEvent, useId, useState } from 'react';
import { connection } from '../app/connection.ts';
import { navigate } from '../app/route.ts';
import { AddProcess } from '../named/AddProcess.tsx';
import { newSessionId, touch, useSessions } from '../sessions/sessions.ts';
import { type KnownTool, useTools } from '../sessions/useTools.ts';
import { showLarge } from '../tools/pty/large.ts';
import { terminalTool } from '../tools/pty/openTerminal.ts';
import { Button } from '../ui/Button.tsx';
import { Refusal } from '../ui/Confirm.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { SelectField, Submit, TextField } from '../ui/Field.tsx';
import { useCommand } from '../ui/useCommand.ts';
import { begin } from './control.ts';

type Kind = 'shell' | 'terminal' | 'named';

const kinds: readonly (readonly [Kind, string])[] = [
  ['shell', 'A command'],
  ['terminal', 'A command in a terminal, to type into'],
  ['named', 'A process with a name, which is kept running'],
];

/** Starts a process in a session: a command, or a named process with what the session's own form asks for. */
export function StartProcess({ closed }: { readonly closed: () => void }) {
  const [kind, setKind] = useState<Kind>('shell');
  const [fresh] = useState(newSessionId);
  const sessions = useSessions();
  const [chosen, setChosen] = useState(sessions[0]?.id ?? fresh);
  const [command, setCommand] = useState('');
  const [naming, setNaming] = useState(false);
  const { busy, error, run } = useCommand();
  const tools = useTools();
  const hint = useId();
  const session = connection.session(chosen);
  const options = [
    ...sessions.map(({ id, title }) => [id, title === '' ? id : title] as const),
    [fresh, 'A new session'] as const,
  ];
  const start = async () => {
    const executionId = await begin(session, callOf(kind, command.trim(), tools ?? []));
    touch(chosen);
    if (kind !== 'terminal') return;
    navigate(chosen);
    showLarge(executionId);
  };
  if (naming) return <AddProcess session={session} added={() => touch(chosen)} closed={closed} />;
  return (
    <Dialog title="Start a process" className="dialog-small" testId="start-dialog" closed={closed}>
      {(close) => (
        <form
          className="dialog-body"
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            if (kind === 'named') setNaming(true);
            else run(start, close);
          }}
        >
          <SelectField label="What" testId="start-kind" options={kinds} value={kind} change={setKind} />
          <SelectField label="Session" testId="start-session" options={options} value={chosen} change={setChosen} />
          {kind === 'named' ? null : (
            <TextField
              label={kind === 'terminal' ? 'Command (optional: a shell if left out)' : 'Command'}
              testId="start-command"
              placeholder="python3 -m http.server 8000"
              required={kind === 'shell'}
              aria-describedby={hint}
              spellCheck={false}
              value={command}
              change={setCommand}
            />
          )}
          <p className="hint" id={hint}>
            {hintOf(kind, tools ?? [])}
          </p>
          <Refusal text={error} />
          <div className="dialog-foot">
            <Button label="Cancel" kind="quiet" onClick={close} />
            <Submit label={kind === 'named' ? 'Next' : 'Start'} testId="start-do" disabled={busy} />
          </div>
        </form>
      )}
    </Dialog>
  );
}

/** A command runs as long as the server lets one: whoever starts a process does not mean a minute. */
function callOf(kind: Kind, command: string, tools: readonly KnownTool[]): ToolCall {
  if (kind === 'terminal') return { tool: terminalTool, arguments: command === '' ? {} : { command } };
  const longest = longestMs(tools);
  return { tool: 'shell', arguments: { command, ...(longest === undefined ? {} : { timeoutMs: longest }) } };
}

function longestMs(tools: readonly KnownTool[]): number | undefined {
  const { properties } = tools.find(({ name }) => name === 'shell')?.parameters ?? {};
  const { maximum } = ((properties as JsonObject | undefined)?.timeoutMs ?? {}) as JsonObject;
  return typeof maximum === 'number' ? maximum : undefined;
}

function hintOf(kind: Kind, tools: readonly KnownTool[]): string {
  if (kind === 'named') return 'It is run again when it fails, and after a restart of the server.';
  if (kind === 'terminal') return 'Its terminal is shown when it has started.';
  const longest = longestMs(tools);
  const limit = longest === undefined ? '' : ` for at most ${Math.round(longest / 60_000)} minutes`;
  return `It runs${limit} and is not run again by itself.`;
}
