import type { Session } from '@toolruntime/client';
import { thisWindow } from './window.ts';

/** Who may type into a terminal: this window, whoever is first, another window, nobody any more, or not this reader. */
export type Right = 'mine' | 'free' | 'others' | 'over' | 'reader';

export function rightOf(execution: Session['view']['executions'][string] | undefined, reader = false): Right {
  if (execution?.state !== 'executing') return 'over';
  if (reader) return 'reader';
  const { by, as } = execution.terminal ?? {};
  return by === undefined ? 'free' : as === thisWindow ? 'mine' : 'others';
}
