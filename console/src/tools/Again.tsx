import type { JsonObject, Session, ToolCall, ViewBatch, ViewExecution } from '@toolruntime/client';
import { useContext } from 'react';
import { PickContext } from '../picker/request.ts';
import { Button } from '../ui/Button.tsx';
import { count } from '../ui/format.ts';
import { report } from '../ui/report.ts';

/** Runs calls once more, as a batch of its own. The view may hold their arguments shortened, so they are asked for. */
async function runAgain(session: Session, executionIds: readonly string[]): Promise<void> {
  const calls = await Promise.all(
    executionIds.map(async (id): Promise<ToolCall> => {
      const { name, arguments: given } = await session.toolDetails(id);
      return { tool: name, arguments: given as JsonObject };
    }),
  );
  await session.runTools(calls);
}

interface AgainProps {
  readonly session: Session;
  readonly executionId: string;
  readonly execution: ViewExecution;
}

/** Runs one tool again with the same arguments. */
export function Again({ session, executionId, execution }: AgainProps) {
  return (
    <Button
      label="Run again"
      icon="retry"
      kind="quiet"
      className="button-small"
      testId="tool-again"
      title={`Run ${execution.name} again with the same arguments`}
      onClick={() => report('Running again', runAgain(session, [executionId]))}
    />
  );
}

/** Fills in a form with the arguments of a call, to run it with others. */
export function Change({ session, executionId, execution }: AgainProps) {
  const pick = useContext(PickContext);
  if (pick === undefined) return null;
  const open = async () => {
    const { name, arguments: given } = await session.toolDetails(executionId);
    pick({ tool: name, arguments: given as JsonObject });
  };
  return (
    <Button
      label={`Change the arguments of ${execution.name}, and run it`}
      icon="edit"
      iconOnly
      kind="quiet"
      className="button-small"
      testId="tool-change"
      onClick={() => report('Reading the tool', open())}
    />
  );
}

/** Runs again what has failed of a batch. */
export function RetryFailed({ session, batch }: { readonly session: Session; readonly batch: ViewBatch }) {
  const failed = () => {
    const { executions } = session.view;
    return batch.executions.filter((id) => {
      const { state, error } = executions[id] ?? {};
      return state === 'timed_out' || (state === 'failed' && error?.code !== 'denied');
    });
  };
  return (
    <Button
      label="Retry failed"
      icon="retry"
      kind="quiet"
      className="button-small"
      testId="batch-retry-failed"
      title={`Run ${count(failed().length, 'tool')} again`}
      onClick={() => report('Running again', runAgain(session, failed()))}
    />
  );
}
