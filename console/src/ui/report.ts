import { useSyncExternalStore } from 'react';
import { reason } from './useCommand.ts';

/** A refusal that the reader should know of. */
export interface Notice {
  readonly id: number;
  readonly text: string;
}

const shownMs = 6_000;
const listeners = new Set<() => void>();
let notices: readonly Notice[] = [];
let last = 0;

function set(next: readonly Notice[]): void {
  notices = next;
  for (const listener of [...listeners]) listener();
}

/** Shows why something did not work, for a few seconds. */
export function notify(text: string): void {
  const id = ++last;
  set([...notices.slice(-2), { id, text }]);
  setTimeout(() => dismiss(id), shownMs);
}

export function dismiss(id: number): void {
  set(notices.filter((n) => n.id !== id));
}

/** Waits for a command that a click sent, and shows its refusal. */
export function report(what: string, command: Promise<unknown>): void {
  command.catch((error: unknown) => {
    notify(`${what}: ${reason(error)}`);
  });
}

export function useNotices(): readonly Notice[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => notices,
  );
}
