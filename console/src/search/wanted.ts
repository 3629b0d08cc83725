import { useSyncExternalStore } from 'react';
import { navigate } from '../app/route.ts';
import type { Hit } from './api.ts';

/** A place in a session that is to be shown. */
export type Wanted = Pick<Hit, 'session' | 'messageId' | 'executionId'>;

const listeners = new Set<() => void>();
let wanted: Wanted | undefined;

function set(next: Wanted | undefined): void {
  wanted = next;
  for (const listener of [...listeners]) listener();
}

/** Shows a session, at a place. */
export function show(place: Wanted): void {
  set({ ...place });
  navigate(place.session);
}

/** It is shown, or can't be. */
export function shown(place: Wanted): void {
  if (wanted === place) set(undefined);
}

/** The place of a session that is to be shown, if any. */
export function useWanted(session: string): Wanted | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => (wanted?.session === session ? wanted : undefined),
  );
}
