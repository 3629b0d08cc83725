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

/** What of the session's files is shown beside it: a path, '' for all, `undefined` for none. In the address: `?files=<path>`. */
export function useFilesShown(): string | undefined {
  return useSyncExternalStore(subscribe, () => new URLSearchParams(location.search).get('files') ?? undefined);
}

/** Shows files, or no more; the way back leads to the page before all the same. */
export function showFiles(path: string | undefined): void {
  const search = path === undefined ? '' : `?files=${encodeURIComponent(path)}`;
  history.replaceState(null, '', `${location.pathname}${search}`);
  for (const listener of [...listeners]) listener();
}

/** Shows a session; `replace` leaves no way back to the page before. */
export function navigate(id: string, replace = false): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', sessionPath(id));
  for (const listener of [...listeners]) listener();
}
