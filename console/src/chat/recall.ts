import type { Session } from '@toolruntime/client';

/** Messages of a session that were typed by people, oldest first, each once in a row. */
function typed(session: Session): readonly string[] {
  const { view, outgoing } = session.getSnapshot();
  const said = view.messages.filter((m) => m.role === 'user' && !m.deleted).map((m) => m.text);
  return [...said, ...outgoing.map((m) => m.text)].filter((text, i, all) => text !== '' && text !== all[i - 1]);
}

/**
 * The text that an arrow key brings into the composer: up goes back through what was sent, down comes again to an empty field.
 * `undefined` where the key is the field's own, since something else is being typed.
 */
export function recall(session: Session, text: string, key: 'ArrowUp' | 'ArrowDown'): string | undefined {
  const all = typed(session);
  const at = text === '' ? all.length : all.lastIndexOf(text);
  if (at < 0 || (text === '' && key === 'ArrowDown')) return undefined;
  const next = at + (key === 'ArrowUp' ? -1 : 1);
  return next < 0 ? undefined : (all[next] ?? '');
}
