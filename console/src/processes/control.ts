import { CommandError, type FailureError, type JsonObject, type Session, type ToolCall } from '@toolruntime/client';
import { connection } from '../app/connection.ts';
import { hasEnded } from '../tools/status.ts';
import { notify } from '../ui/report.ts';
import { reason } from '../ui/useCommand.ts';
import { ranAgain } from './ended.ts';
import { whenIt } from './whenIt.ts';

/** What a process belongs to and what is ended and run again: a call of a tool, or a named process of the session. */
export interface Runnable {
  readonly session: string;
  readonly executionId: string;
  readonly tool: string;
  readonly named?: string;
}

/** What is told besides where a call goes on by itself, milliseconds: a process ends within seconds, by force at last. */
const endsWithinMs = 60_000;
const beginsWithinMs = 10_000;

/** Ends it: orderly, and by force what has not ended then. */
export async function stop({ session, executionId, named }: Runnable): Promise<void> {
  const to = connection.session(session);
  await (named === undefined ? to.cancelTool(executionId) : to.stopProcess(named));
}

/** Ends it if it has not ended, and runs it again with the same arguments, which are read before anything is done. */
export async function restart({ session, executionId, named }: Runnable): Promise<void> {
  const to = connection.session(session);
  if (named !== undefined) {
    await to.restartProcess(named);
    ranAgain(executionId);
    return;
  }
  const { name, arguments: given, state } = await to.toolDetails(executionId);
  const call = { tool: name, arguments: given as JsonObject };
  if (hasEnded(state)) {
    await begin(to, call);
    ranAgain(executionId);
    return;
  }
  await to.cancelTool(executionId, 'It is run again.');
  const ended = await whenIt(session, executionId, (execution) => hasEnded(execution.state), endsWithinMs);
  if (ended === undefined) throw failure('timeout', 'It has not ended yet, and was not started again.');
  try {
    await begin(to, call);
    ranAgain(executionId);
  } catch (error) {
    throw failure('conflict', `It has ended, and was not started again: ${reason(error)}`);
  }
}

/** Runs again what has ended. */
export async function startAgain(what: Runnable): Promise<void> {
  if (what.named === undefined) return restart(what);
  await connection.session(what.session).startProcess(what.named);
  ranAgain(what.executionId);
}

/** Runs a call, and tells where it does not simply run: it waits for somebody, has ended already, or could not begin. */
export async function begin(session: Session, call: ToolCall): Promise<string | undefined> {
  const [executionId] = (await session.runTools([call])).executionIds;
  if (executionId === undefined) return undefined;
  const now = await whenIt(session.id, executionId, ({ state }) => state !== 'pending', beginsWithinMs);
  if (now?.state === 'awaiting_approval') notify(`${call.tool} waits for approval in its session.`);
  if (now?.state === 'completed') notify(`${call.tool} has ended already; its session has what it printed.`);
  if (now?.state === 'failed' || now?.state === 'timed_out') throw failed(now.error, call.tool);
  return executionId;
}

function failed(error: FailureError | undefined, tool: string): CommandError {
  return failure(error?.code ?? 'internal', error?.message ?? `${tool} has failed.`);
}

const failure = (code: string, message: string) => new CommandError({ code, message, retryable: false });
