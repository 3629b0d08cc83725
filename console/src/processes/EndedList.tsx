import type { ProcessInfo } from '@toolruntime/client';
import { useEffect, useState } from 'react';
import { executionStatus, hasEnded, type Status } from '../tools/status.ts';
import { Button } from '../ui/Button.tsx';
import { when } from '../ui/format.ts';
import { icons } from '../ui/icons.tsx';
import { sendOnce, usePending } from '../ui/pending.ts';
import { runnableOf } from './Controls.tsx';
import { type Runnable, startAgain } from './control.ts';
import { type Ended, forgetAll } from './ended.ts';
import { Origin } from './Origin.tsx';
import { whenIt } from './whenIt.ts';

/** How long is waited for how a tool has ended, milliseconds: it may go on without a process. */
const endsWithinMs = 30_000;

/** What has ended while this page was looking, and can be started again. */
export function EndedList({ ended }: { readonly ended: readonly Ended[] }) {
  if (ended.length === 0) return null;
  return (
    <div className="processes-ended" data-testid="processes-ended">
      <header className="processes-head">
        <h3>Ended</h3>
        <Button
          label="Clear"
          kind="quiet"
          className="button-small"
          testId="processes-ended-clear"
          title="Takes these off the list; their sessions keep them"
          onClick={forgetAll}
        />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached without a pointer. */}
      <section className="processes-table" aria-label="Ended processes" tabIndex={0}>
        <table>
          <thead>
            <tr>
              {['Command', 'How', 'Ended', 'Tool', 'Actions'].map((label) => (
                <th key={label} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ended.map(({ process, at }) => (
              <EndedRow key={process.id} process={process} at={at} />
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function EndedRow({ process, at }: Ended) {
  const what = runnableOf(process);
  const how = useEnd(process);
  return (
    <tr data-testid="process-ended">
      <th scope="row" title={process.command}>
        <span className="process-line">{process.command || `(${process.name})`}</span>
      </th>
      <td>
        {how === undefined ? null : (
          <span className="status" data-tone={how.tone} data-testid="process-ended-how">
            {icons[how.icon]}
            <span>{how.label}</span>
          </span>
        )}
      </td>
      <td>{when(at)}</td>
      <td>
        <Origin process={process} />
      </td>
      <td>{what === undefined ? null : <StartAgain what={what} process={process} />}</td>
    </tr>
  );
}

function StartAgain({ what, process }: { readonly what: Runnable; readonly process: ProcessInfo }) {
  const key = `again ${process.id}`;
  const starting = usePending(key);
  const name = what.named ?? what.tool;
  return (
    <Button
      label={starting ? 'Starting' : 'Start again'}
      kind="quiet"
      className="button-small"
      testId="process-again"
      aria-label={`Start ${name} again: ${process.command || process.name}`}
      aria-disabled={starting}
      title={what.named === undefined ? `Runs ${name} with the same arguments` : `Starts ${name} as it is defined`}
      onClick={() => sendOnce(key, `Starting ${name}`, () => startAgain(what))}
    />
  );
}

/** How a tool has ended, once the server says so. */
function useEnd({ session, executionId }: ProcessInfo): Status | undefined {
  const [how, setHow] = useState<Status>();
  useEffect(() => {
    if (session === undefined || executionId === undefined) return undefined;
    let left = false;
    const told = whenIt(session, executionId, ({ state }) => hasEnded(state), endsWithinMs);
    told.then(
      (execution) => {
        if (left || execution === undefined) return;
        const { code, details } = execution.error ?? {};
        const status = executionStatus(execution);
        const exit = code === 'exit_code' ? (details as { exitCode?: unknown } | undefined)?.exitCode : undefined;
        setHow(typeof exit === 'number' ? { ...status, label: `Exit ${exit}` } : status);
      },
      () => {},
    );
    return () => {
      left = true;
    };
  }, [session, executionId]);
  return how;
}
