import { useSyncExternalStore } from 'react';
import { report } from './report.ts';

const pending = new Set<string>();
const listeners = new Set<() => void>();

function changed(): void {
  for (const listener of [...listeners]) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Sends a command unless the same one is on its way, and shows its refusal. */
export function sendOnce(key: string, what: string, send: () => Promise<unknown>): void {
  if (pending.has(key)) return;
  pending.add(key);
  changed();
  const sent = send();
  report(what, sent);
  const settle = () => {
    pending.delete(key);
    changed();
  };
  sent.then(settle, settle);
}

/** Whether that command is on its way, or waits for the connection. */
export function usePending(key: string): boolean {
  const get = () => pending.has(key);
  return useSyncExternalStore(subscribe, get, get);
}
