import { useSyncExternalStore } from 'react';

/** The terminal that is to be shown large. */
let shown: string | undefined;
const listeners = new Set<() => void>();

/** Shows an execution's terminal large, as soon as its card is there. */
export function showLarge(executionId: string | undefined): void {
  shown = executionId;
  for (const listener of [...listeners]) listener();
}

/** Whether a terminal is to be shown large. */
export function useLarge(executionId: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown === executionId,
  );
}
