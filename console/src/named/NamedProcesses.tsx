import './named.css';
import type { NamedProcess, Session } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { showNamed } from '../app/route.ts';
import { ToolCard } from '../tools/ToolCard.tsx';
import { Button } from '../ui/Button.tsx';
import { AddProcess } from './AddProcess.tsx';
import { ProcessRow } from './ProcessRow.tsx';

interface NamedProcessesProps {
  readonly session: Session;
  /** The name of the one whose output is shown, or '' for none. */
  readonly selected: string;
}

const none: readonly NamedProcess[] = [];

/** The session's named processes, live: how they stand, and what one of them prints. */
export default function NamedProcesses({ session, selected }: NamedProcessesProps) {
  const processes = useSessionValue(session, (s) => s.view.processes) ?? none;
  const [adding, setAdding] = useState(false);
  const panel = useRef<HTMLElement>(null);
  const shown = processes.find(({ name }) => name === selected);
  useEffect(() => {
    if (document.activeElement === opener()) panel.current?.focus();
  }, []);
  const shut = useCallback(() => {
    showNamed(undefined);
    opener()?.focus();
  }, []);
  return (
    <aside
      className="named"
      aria-label="Named processes"
      data-testid="named-processes"
      ref={panel}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !adding && event.target === panel.current) shut();
      }}
    >
      <header className="named-head">
        <h2>Named processes</h2>
        <span className="spacer" />
        <Button
          label="Add a process"
          icon="plus"
          iconOnly
          kind="quiet"
          testId="process-add"
          aria-haspopup="dialog"
          onClick={() => setAdding(true)}
        />
        <Button label="Close processes" icon="close" iconOnly kind="quiet" testId="processes-close" onClick={shut} />
      </header>
      {processes.length === 0 ? (
        <p className="hint named-none" data-testid="processes-none">
          No processes yet. What is added here goes on running by itself, over restarts of the server too.
        </p>
      ) : null}
      <ul className="named-list" aria-label="Processes of this session">
        {processes.map((process) => (
          <ProcessRow
            key={process.name}
            session={session}
            process={process}
            selected={process.name === selected}
            select={() => showNamed(process.name === selected ? '' : process.name)}
          />
        ))}
      </ul>
      {shown === undefined ? null : (
        <section className="process-output" data-testid="process-output" aria-label={`Output of ${shown.name}`}>
          {shown.run === undefined ? (
            <p className="hint">It has not run yet.</p>
          ) : (
            <ToolCard key={shown.run} session={session} executionId={shown.run} compact={false} />
          )}
        </section>
      )}
      {adding ? <AddProcess session={session} added={showNamed} closed={() => setAdding(false)} /> : null}
    </aside>
  );
}

function opener(): HTMLElement | null {
  return document.querySelector('[data-testid="session-processes"]');
}
