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

const jobsShown = () => /^\/jobs\/?$/.test(location.pathname);

/** Whether the address names the list of jobs. */
export function useJobsRoute(): boolean {
  return useSyncExternalStore(subscribe, jobsShown);
}

/** The address of the list of jobs. */
export const jobsPath = '/jobs';

/** Shows the list of jobs. */
export function showJobs(): void {
  go(jobsPath, false);
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
  go(sessionPath(id), replace);
}

function go(path: string, replace: boolean): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', path);
  for (const listener of [...listeners]) listener();
}
