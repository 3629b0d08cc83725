import type { SessionSummary, SessionsSnapshot } from '@toolruntime/client';
import { useSyncExternalStore } from 'react';
import { ask } from '../app/connection.ts';
import { onStored, readStored, store } from '../app/storage.ts';
import { dropKept, hasKept } from './kept.ts';

/** How a session stands, where that is worth a mark. */
export type Activity = 'running' | 'waiting' | 'paused' | 'failed';

/** A session in the list. */
export interface KnownSession {
  readonly id: string;
  /** As the server calls it; empty where nothing has been said yet. */
  readonly title: string;
  /** When something last happened in it, or it was last looked at here; epoch milliseconds. */
  readonly at: number;
  readonly activity?: Activity;
}

const listName = 'sessions';
const hiddenName = 'hidden';
/** As many as a page of the server's list holds. */
const kept = 1_000;
/** Milliseconds in which a session that was begun here may not be in the server's list yet. */
const youngMs = 60_000;
const listeners = new Set<() => void>();
let known: readonly KnownSession[] | undefined;
let hiddenIds: ReadonlySet<string> | undefined;

function isKnown(value: unknown): value is KnownSession {
  if (typeof value !== 'object' || value === null) return false;
  const { id, title, at } = value as Partial<KnownSession>;
  return typeof id === 'string' && typeof title === 'string' && typeof at === 'number';
}

function get(): readonly KnownSession[] {
  if (known === undefined) {
    const stored = readStored(listName);
    known = Array.isArray(stored) ? stored.filter(isKnown) : [];
  }
  return known;
}

function hidden(): ReadonlySet<string> {
  if (hiddenIds === undefined) {
    const stored = readStored(hiddenName);
    hiddenIds = new Set(Array.isArray(stored) ? stored.filter((id) => typeof id === 'string') : []);
  }
  return hiddenIds;
}

function set(sessions: readonly KnownSession[]): void {
  known = [...sessions].sort((a, b) => b.at - a.at).slice(0, kept);
  store(listName, known);
  for (const listener of [...listeners]) listener();
}

function setHidden(ids: Iterable<string>): void {
  hiddenIds = new Set([...ids].slice(-kept));
  store(hiddenName, hiddenIds.size === 0 ? undefined : [...hiddenIds]);
}

function subscribe(listener: () => void): () => void {
  const stopList = onStored(listName, () => {
    known = undefined;
    listener();
  });
  const stopHidden = onStored(hiddenName, () => {
    hiddenIds = undefined;
  });
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    stopList();
    stopHidden();
  };
}

/** The sessions of this browser and of the caller, the last used first. */
export function useSessions(): readonly KnownSession[] {
  return useSyncExternalStore(subscribe, get);
}

/** The session used last, if there is one. */
export function lastSession(): string | undefined {
  return get()[0]?.id;
}

/** Notes that a session is being looked at: it is in the list from then on, also if it was taken off it. */
export function touch(id: string, title?: string): void {
  if (hidden().has(id)) setHidden([...hidden()].filter((other) => other !== id));
  const before = get().find((s) => s.id === id);
  const next: KnownSession = { ...before, id, title: title ?? before?.title ?? '', at: Date.now() };
  set([next, ...get().filter((s) => s.id !== id)]);
}

/** Notes what the session that is open says of itself, without moving it in the list. */
export function note(id: string, title: string, activity: Activity | undefined): void {
  const before = get().find((s) => s.id === id);
  if (before === undefined || (before.title === title && before.activity === activity)) return;
  set(get().map((s) => (s.id === id ? withActivity({ id, title, at: s.at }, activity) : s)));
}

/** Takes a session off this browser's list, for good; on the server it stays. */
export function forget(id: string): void {
  setHidden([...hidden(), id]);
  drop(id);
}

/** A session that is gone: nothing of it stays here. */
export function drop(id: string): void {
  dropKept(id);
  set(get().filter((s) => s.id !== id));
}

/** Forgets every session here; on the server they stay. */
export function forgetAll(): void {
  for (const { id } of get()) dropKept(id);
  setHidden([]);
  set([]);
}

/** A short new id, as good as a UUID for telling sessions of one user apart: 60 random bits. */
export function newSessionId(): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => alphabet[b & 31]).join('');
}

const activityOfState: Readonly<Record<string, Activity>> = {
  replying: 'running',
  tools_running: 'running',
  waiting_for_approval: 'waiting',
  paused: 'paused',
  failed: 'failed',
};

/** Takes over what is followed of the caller's sessions. */
export function takeFollowed({ sessions, next }: SessionsSnapshot): void {
  const ofSummary = ({ session, title, updatedAt, state }: SessionSummary): FromServer => ({
    id: session,
    title,
    at: Date.parse(updatedAt) || 0,
    activity: activityOfState[state],
  });
  takeOver(sessions.map(ofSummary), next === undefined);
}

/** Takes over what the server says of the caller's sessions. Servers without that list are fine. */
export async function loadFromServer(): Promise<void> {
  try {
    const response = await ask(`/v1/sessions?limit=${kept}`, { headers: { accept: 'application/json' } });
    if (!response.ok) return;
    const body = (await response.json()) as { sessions?: unknown; next?: unknown } | null;
    if (Array.isArray(body?.sessions)) takeOver(body.sessions.flatMap(fromServer), body.next === undefined);
  } catch {
    // Not reachable, or not a list: what the browser knows has to do.
  }
}

/** @param all whether the server has no others: then what it does not name is gone. */
function takeOver(theirs: readonly FromServer[], all: boolean): void {
  const mine = new Map(get().map((s) => [s.id, s]));
  const listed = theirs.filter(({ id }) => !hidden().has(id)).map((session) => merge(mine.get(session.id), session));
  const named = new Set(theirs.map(({ id }) => id));
  const others = get().filter((s) => !named.has(s.id) && (!all || isYoung(s) || hasKept(s.id)));
  const next = [...listed, ...others];
  if (JSON.stringify(sorted(next)) !== JSON.stringify(get())) set(next);
}

const sorted = (sessions: readonly KnownSession[]) => [...sessions].sort((a, b) => b.at - a.at).slice(0, kept);

const isYoung = ({ at }: KnownSession) => Date.now() - at < youngMs;

function merge(mine: KnownSession | undefined, { id, title, at, activity }: FromServer): KnownSession {
  return withActivity({ id, title: title ?? mine?.title ?? '', at: Math.max(at, mine?.at ?? 0) }, activity);
}

function withActivity(session: KnownSession, activity: Activity | undefined): KnownSession {
  return activity === undefined ? session : { ...session, activity };
}

interface FromServer {
  readonly id: string;
  /** Absent where the server has kept none yet. */
  readonly title: string | undefined;
  readonly at: number;
  readonly activity: Activity | undefined;
}

const activities: readonly unknown[] = ['running', 'waiting', 'paused', 'failed'] satisfies Activity[];

function fromServer(value: unknown): readonly FromServer[] {
  if (typeof value !== 'object' || value === null) return [];
  const { session, title, updatedAt, activity } = value as Record<string, unknown>;
  if (typeof session !== 'string') return [];
  const at = Date.parse(String(updatedAt ?? ''));
  return [
    {
      id: session,
      title: typeof title === 'string' ? title : undefined,
      at: Number.isNaN(at) ? 0 : at,
      activity: activities.includes(activity) ? (activity as Activity) : undefined,
    },
  ];
}
