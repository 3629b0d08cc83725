import type { NamedProcess, Session } from '@toolruntime/client';
import { useKnownNow } from '../app/stale.ts';
import { CommandButton } from '../ui/CommandButton.tsx';
import { count, countdown, duration, when } from '../ui/format.ts';
import { icons } from '../ui/icons.tsx';
import { isAtRest, processNote, processStatus } from './status.ts';

interface ProcessRowProps {
  readonly session: Session;
  readonly process: NamedProcess;
  readonly selected: boolean;
  readonly select: () => void;
}

/** One process: how it stands, for how long, and what can be done about it. */
export function ProcessRow({ session, process, selected, select }: ProcessRowProps) {
  const { name, state, restarts } = process;
  const status = processStatus(process);
  const rest = isAtRest(process);
  return (
    <li className="process" data-testid="process" data-name={name} data-state={state} data-selected={selected}>
      <button
        type="button"
        className="process-what"
        aria-expanded={selected}
        title={selected ? 'Hide its output' : 'Show its output'}
        data-testid="process-open"
        onClick={select}
      >
        <span className="process-name">{name}</span>
        <span className="process-command mono" title={process.process.command}>
          {process.process.command}
        </span>
      </button>
      <div className="process-state">
        <span className="status" data-tone={status.tone} data-testid="process-state">
          {icons[status.icon]}
          <span>{status.label}</span>
        </span>
        <Times session={session} process={process} />
        {restarts > 0 ? (
          <span className="badge" data-testid="process-restarts">
            {count(restarts, 'restart')}
          </span>
        ) : null}
        <span className="hint" data-testid="process-note">
          {processNote(process)}
        </span>
      </div>
      <div className="process-acts">
        {rest || state === 'stopping' ? (
          <CommandButton
            session={session}
            command={`process.start:${name}`}
            what={`Starting ${name}`}
            send={() => session.startProcess(name)}
            label={`Start ${name}`}
            icon="play"
            iconOnly
            kind="quiet"
            testId="process-start"
          />
        ) : (
          <>
            <CommandButton
              session={session}
              command={`process.restart:${name}`}
              what={`Restarting ${name}`}
              send={() => session.restartProcess(name)}
              label={`Restart ${name}`}
              icon="retry"
              iconOnly
              kind="quiet"
              testId="process-restart"
            />
            <CommandButton
              session={session}
              command={`process.stop:${name}`}
              what={`Stopping ${name}`}
              send={() => session.stopProcess(name)}
              label={`Stop ${name}`}
              icon="stop"
              iconOnly
              kind="quiet"
              testId="process-stop"
            />
          </>
        )}
        {rest ? (
          <CommandButton
            session={session}
            command={`process.remove:${name}`}
            what={`Removing ${name}`}
            send={() => session.removeProcess(name)}
            label={`Remove ${name}`}
            icon="trash"
            iconOnly
            kind="quiet"
            testId="process-remove"
          />
        ) : null}
      </div>
    </li>
  );
}

/** How long it is up, or until when it waits to be run again. */
function Times({ session, process }: { readonly session: Session; readonly process: NamedProcess }) {
  const { state, startedAt, nextRestartAt, pid } = process;
  const up = state === 'running' || state === 'ready' || state === 'stopping';
  const now = useKnownNow(session, up || state === 'backoff');
  if (state === 'backoff' && nextRestartAt !== undefined)
    return <span className="hint">in {countdown(Math.max(0, Date.parse(nextRestartAt) - now))}</span>;
  if (!up || startedAt === undefined) return null;
  return (
    <span
      className="process-up"
      data-testid="process-up"
      title={`Since ${when(startedAt)}${pid === undefined ? '' : `, process ${pid}`}`}
    >
      {duration(Math.max(0, now - Date.parse(startedAt)))}
    </span>
  );
}
