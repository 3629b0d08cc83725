import { CommandError, type ViewExecution } from '@toolruntime/client';
import { connection } from '../app/connection.ts';

/** An execution as soon as it is as awaited, whether or not its session is open; `undefined` where it is not so within that time. */
export function whenIt(
  session: string,
  executionId: string,
  holds: (execution: ViewExecution) => boolean,
  withinMs: number,
): Promise<ViewExecution | undefined> {
  const followed = connection.execution(session, executionId, { schedule: (flush) => flush(), lingerMs: 0 });
  return new Promise((resolve, reject) => {
    const release = followed.acquire();
    const settle = (how: () => void) => {
      clearTimeout(timer);
      unsubscribe();
      release();
      how();
    };
    const look = () => {
      const { error } = followed.getSnapshot();
      const execution = followed.view.executions[executionId];
      if (error !== undefined) settle(() => reject(new CommandError(error)));
      else if (execution !== undefined && holds(execution)) settle(() => resolve(execution));
    };
    const timer = setTimeout(() => settle(() => resolve(undefined)), withinMs);
    const unsubscribe = followed.subscribe(look);
  });
}
