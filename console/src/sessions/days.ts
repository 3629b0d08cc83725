import type { KnownSession } from './sessions.ts';

/** Sessions of a day, or of a longer while ago. */
export interface Day {
  readonly day: string;
  readonly sessions: readonly KnownSession[];
}

/** Those whose title or id has every word. */
export function matching(sessions: readonly KnownSession[], wanted: string): readonly KnownSession[] {
  const words = wanted.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return sessions;
  return sessions.filter(({ title, id }) => {
    const text = `${title} ${id}`.toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Groups sessions, newest first, by how many midnights ago they were last used. */
export function byDays(sessions: readonly KnownSession[], now: number): readonly Day[] {
  const days: { day: string; sessions: KnownSession[] }[] = [];
  for (const session of sessions) {
    const day = nameOf(session.at, now);
    const last = days.at(-1);
    if (last?.day === day) last.sessions.push(session);
    else days.push({ day, sessions: [session] });
  }
  return days;
}

function nameOf(at: number, now: number): string {
  const ago = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  if (ago <= 0) return 'Today';
  if (ago === 1) return 'Yesterday';
  if (ago <= 7) return 'Last 7 days';
  if (ago <= 30) return 'Last 30 days';
  return new Date(at).toLocaleDateString(undefined, { month: 'long', year: 'numeric' });
}

function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
