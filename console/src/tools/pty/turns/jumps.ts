import type { TurnMarks } from './marks.ts';

const shown = new Map<string, TurnMarks[]>();

/** An execution's terminal is on the page; returns what to call when it is not any more. */
export function canJump(executionId: string, marks: TurnMarks): () => void {
  shown.set(executionId, [...(shown.get(executionId) ?? []), marks]);
  return () => {
    const left = (shown.get(executionId) ?? []).filter((each) => each !== marks);
    if (left.length > 0) shown.set(executionId, left);
    else shown.delete(executionId);
  };
}

/** The marks of the terminal that was opened last. */
export const marksOf = (executionId: string): TurnMarks | undefined => shown.get(executionId)?.at(-1);
