import { useSyncExternalStore } from 'react';
import { ask } from '../app/connection.ts';
import { forgetAll } from '../sessions/sessions.ts';

const flag = 'toolruntime.signedIn';
const listeners = new Set<() => void>();
let here = false;

/** Trades a key for the page's cookie; what is wrong, if anything. */
export async function signIn(key: string): Promise<string | undefined> {
  try {
    const response = await ask('/v1/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key }),
    });
    if (response.ok) {
      remember(true);
      return undefined;
    }
    return response.status === 401 ? 'The server does not know this key, or it has expired.' : 'The server refused.';
  } catch {
    return 'The server can not be reached.';
  }
}

/** Whether somebody signed in on this browser; tabs follow each other. */
export function useSignedIn(): boolean {
  return useSyncExternalStore(subscribe, isSignedIn);
}

/** Takes the cookie away, and what this browser knows of its holder's sessions; what is wrong, if anything. */
export async function signOut(): Promise<string | undefined> {
  try {
    const response = await ask('/v1/logout', { method: 'POST' });
    if (!response.ok) return 'The server refused to sign out.';
  } catch {
    return 'The server can not be reached.';
  }
  forgetAll();
  remember(false);
  return undefined;
}

function isSignedIn(): boolean {
  try {
    return localStorage.getItem(flag) !== null;
  } catch {
    return here;
  }
}

function remember(value: boolean): void {
  here = value;
  try {
    if (value) localStorage.setItem(flag, 'yes');
    else localStorage.removeItem(flag);
  } catch {
    // Private windows may refuse; the tab remembers as long as it lives.
  }
  for (const listener of [...listeners]) listener();
}

function subscribe(listener: () => void): () => void {
  const stored = (event: StorageEvent) => {
    if (event.key === flag) listener();
  };
  listeners.add(listener);
  window.addEventListener('storage', stored);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', stored);
  };
}
