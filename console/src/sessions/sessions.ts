import { useSyncExternalStore } from 'react';

/** A session that this browser knows. */
export interface KnownSession {
  readonly id: string;
  /** What its first message says; empty before there is one. */
  readonly title: string;
  /** When it was last used here, epoch milliseconds. */
  readonly at: number;
}

const key = 'toolruntime.sessions';
const kept = 100;
const listeners = new Set<() => void>();
let known: readonly KnownSession[] | undefined;

function load(): readonly KnownSession[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(stored) ? stored.filter(isKnown) : [];
  } catch {
    return [];
  }
}

function isKnown(value: unknown): value is KnownSession {
  if (typeof value !== 'object' || value === null) return false;
  const { id, title, at } = value as Partial<KnownSession>;
  return typeof id === 'string' && typeof title === 'string' && typeof at === 'number';
}

function get(): readonly KnownSession[] {
  known ??= load();
  return known;
}

function set(sessions: readonly KnownSession[]): void {
  known = [...sessions].sort((a, b) => b.at - a.at).slice(0, kept);
  try {
    localStorage.setItem(key, JSON.stringify(known));
  } catch {
    // Private windows may refuse; the list then lives as long as the page.
  }
  for (const listener of [...listeners]) listener();
}

function subscribe(listener: () => void): () => void {
  const stored = (event: StorageEvent) => {
    if (event.key !== key) return;
    known = undefined;
    listener();
  };
  listeners.add(listener);
  window.addEventListener('storage', stored);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', stored);
  };
}

/** The sessions that this browser knows, the last used first. */
export function useSessions(): readonly KnownSession[] {
  return useSyncExternalStore(subscribe, get);
}

/** The session used last, if there is one. */
export function lastSession(): string | undefined {
  return get()[0]?.id;
}

/** Notes that a session is being looked at; keeps its title unless a new one is given. */
export function touch(id: string, title?: string): void {
  const before = get().find((s) => s.id === id);
  const next: KnownSession = { id, title: title ?? before?.title ?? '', at: Date.now() };
  set([next, ...get().filter((s) => s.id !== id)]);
}

/** Names a session, without moving it in the list. */
export function rename(id: string, title: string): void {
  if (get().some((s) => s.id === id && s.title !== title)) set(get().map((s) => (s.id === id ? { ...s, title } : s)));
}

/** Forgets a session here; on the server it stays. */
export function forget(id: string): void {
  set(get().filter((s) => s.id !== id));
}

/** Forgets every session here; on the server they stay. */
export function forgetAll(): void {
  set([]);
}

/** A short new id, as good as a UUID for telling sessions of one user apart: 60 random bits. */
export function newSessionId(): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => alphabet[b & 31]).join('');
}

/** Adds the caller's sessions that the server knows. Servers without that list are fine. */
export async function loadFromServer(): Promise<void> {
  try {
    const response = await fetch('/v1/sessions', { headers: { accept: 'application/json' } });
    if (!response.ok) return;
    const body = (await response.json()) as unknown;
    const list = Array.isArray(body) ? body : ((body as { sessions?: unknown } | null)?.sessions ?? []);
    if (!Array.isArray(list)) return;
    const ids = new Set(get().map((s) => s.id));
    const found = list.map(fromServer).filter((s) => s !== undefined && !ids.has(s.id)) as KnownSession[];
    if (found.length > 0) set([...get(), ...found]);
  } catch {
    // Not reachable, or not a list: what the browser knows has to do.
  }
}

function fromServer(value: unknown): KnownSession | undefined {
  if (typeof value === 'string') return { id: value, title: value, at: 0 };
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, session, title, at, updatedAt } = value as Record<string, unknown>;
  const name = id ?? session;
  if (typeof name !== 'string') return undefined;
  const time = Date.parse(String(updatedAt ?? at ?? ''));
  return {
    id: name,
    title: typeof title === 'string' && title !== '' ? title : name,
    at: Number.isNaN(time) ? 0 : time,
  };
}
