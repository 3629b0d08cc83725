import type { OutgoingMessage, Session } from '@toolruntime/client';
import { readStored, store } from '../app/storage.ts';

/** What was typed and not sent. */
export interface Draft {
  readonly text: string;
  readonly model: string;
}

const draftName = (id: string) => `draft.${id}`;
const outgoingName = (id: string) => `outgoing.${id}`;

/** The draft of a session, over reloads. */
export function draftOf(id: string): Draft {
  const { text, model } = (readStored(draftName(id)) ?? {}) as Partial<Draft>;
  return { text: typeof text === 'string' ? text : '', model: typeof model === 'string' ? model : '' };
}

export function keepDraft(id: string, draft: Draft): void {
  store(draftName(id), draft.text === '' && draft.model === '' ? undefined : draft);
}

/** Whether something that was typed for a session is only here. */
export function hasKept(id: string): boolean {
  return readStored(draftName(id)) !== undefined || readStored(outgoingName(id)) !== undefined;
}

/** Drops what was kept for a session. */
export function dropKept(id: string): void {
  store(draftName(id), undefined);
  store(outgoingName(id), undefined);
}

/**
 * Keeps what waits to be sent over reloads, and sends on what an earlier page has left, under the same ids: what did arrive stays one message.
 * Tabs of one session share what is stored; each takes out only what it had itself. Returns how to stop.
 */
export function keepOutgoing(session: Session): () => void {
  const name = outgoingName(session.id);
  const left = storedMessages(name);
  if (left.length > 0) session.restoreMessages(left);
  let mine = new Set(left.map((message) => message.id));
  const save = () => {
    const { status, outgoing } = session.getSnapshot();
    if (status === 'deleted') return;
    if (outgoing.length === 0 && mine.size === 0) return;
    const others = storedMessages(name).filter((message) => !mine.has(message.id));
    const waiting = session.unsettledMessages();
    mine = new Set(waiting.map((message) => message.id));
    const all = [...others.filter((message) => !mine.has(message.id)), ...waiting];
    store(name, all.length === 0 ? undefined : all);
  };
  save();
  return session.subscribe(save);
}

function storedMessages(name: string): readonly OutgoingMessage[] {
  const stored = readStored(name);
  return Array.isArray(stored) ? stored.filter(isMessage) : [];
}

function isMessage(value: unknown): value is OutgoingMessage {
  if (typeof value !== 'object' || value === null) return false;
  const { id, text, at, state, options } = value as Partial<OutgoingMessage>;
  return (
    typeof id === 'string' &&
    typeof text === 'string' &&
    typeof at === 'number' &&
    typeof state === 'string' &&
    typeof options === 'object'
  );
}
