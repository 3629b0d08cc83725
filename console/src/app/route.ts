import { useSyncExternalStore } from 'react';

const path = /^\/s\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/?$/;
const listeners = new Set<() => void>();

function current(): string | undefined {
  return path.exec(location.pathname)?.[1];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
}

/** The session that the address names: `/s/<id>`. */
export function useRoute(): string | undefined {
  return useSyncExternalStore(subscribe, current);
}

/** The address of a session. */
export function sessionPath(id: string): string {
  return `/s/${id}`;
}

/** Shows a session; `replace` leaves no way back to the page before. */
export function navigate(id: string, replace = false): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', sessionPath(id));
  for (const listener of [...listeners]) listener();
}
