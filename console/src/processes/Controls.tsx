import type { ProcessInfo } from '@toolruntime/client';
import { Button } from '../ui/Button.tsx';
import { sendOnce, usePending } from '../ui/pending.ts';
import { type Runnable, restart, stop } from './control.ts';

/** What of a process can be ended and run again, where the caller may do that. */
export function runnableOf({ session, executionId, tool, named, mayRestart }: ProcessInfo): Runnable | undefined {
  if (mayRestart !== true || session === undefined || executionId === undefined) return undefined;
  return { session, executionId, tool: tool ?? 'tool', ...(named === undefined ? {} : { named }) };
}

/** Ends what a process belongs to, or runs it again; of a process that no tool has started, why it can't be. */
export function Controls({ process }: { readonly process: ProcessInfo }) {
  const what = runnableOf(process);
  if (what !== undefined) return <StopAndRestart what={what} pid={process.pid} />;
  if (process.session !== undefined) return null;
  return (
    <Button
      label="Restart"
      kind="quiet"
      className="button-small"
      testId="process-restart-not"
      aria-disabled
      aria-label={`Restart ${process.name}, ${process.pid}: it can’t be, since no tool has started it`}
      title="No tool has started it: how it was started is not known, so it can’t be started again."
    />
  );
}

function StopAndRestart({ what, pid }: { readonly what: Runnable; readonly pid: number }) {
  const { session, executionId, named, tool } = what;
  const key = `${session}/${executionId}`;
  const stopping = usePending(`stop ${key}`);
  const restarting = usePending(`restart ${key}`);
  const name = named ?? tool;
  return (
    <>
      <Button
        label={stopping ? 'Stopping' : 'Stop'}
        kind="quiet"
        className="button-small"
        testId="process-stop"
        aria-label={`Stop ${name}, ${pid}`}
        aria-disabled={stopping || restarting}
        title={`Ends ${name} with all its processes, by force if it has to be`}
        onClick={() => restarting || sendOnce(`stop ${key}`, `Stopping ${name}`, () => stop(what))}
      />
      <Button
        label={restarting ? 'Restarting' : 'Restart'}
        kind="quiet"
        className="button-small"
        testId="process-restart"
        aria-label={`Restart ${name}, ${pid}`}
        aria-disabled={restarting}
        title={`Ends ${name} with all its processes, and runs it again ${named === undefined ? 'with the same arguments' : 'as it is defined'}`}
        onClick={() => sendOnce(`restart ${key}`, `Restarting ${name}`, () => restart(what))}
      />
    </>
  );
}
