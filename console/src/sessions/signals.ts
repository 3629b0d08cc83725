import type { Session, SignalFrame } from '@toolruntime/client';
import { useEffect, useState } from 'react';

/** Milliseconds after which somebody who said that they type, and nothing since, no longer does. */
const typingMs = 8_000;
const nobody: readonly string[] = [];

/** Who else types in a session. */
export function useTyping(session: Session): readonly string[] {
  const [names, setNames] = useState(nobody);
  useEffect(() => {
    const timers = new Map<string, ReturnType<typeof setTimeout>>();
    const show = () => setNames(timers.size === 0 ? nobody : [...timers.keys()]);
    const stops = (name: string) => {
      clearTimeout(timers.get(name));
      if (timers.delete(name)) show();
    };
    const onSignal = ({ kind, from, data }: SignalFrame) => {
      if (kind !== 'typing') return;
      if (data.active !== true) return stops(from);
      clearTimeout(timers.get(from));
      const known = timers.has(from);
      timers.set(
        from,
        setTimeout(() => stops(from), typingMs),
      );
      if (!known) show();
    };
    const stop = session.onSignal(onSignal);
    return () => {
      stop();
      for (const timer of timers.values()) clearTimeout(timer);
      setNames(nobody);
    };
  }, [session]);
  return names;
}

/** Who has a session open, as the server last said. */
export function usePresent(session: Session): readonly string[] {
  const [names, setNames] = useState(nobody);
  useEffect(() => {
    const stop = session.onSignal(({ kind, data }) => {
      if (kind !== 'presence' || !Array.isArray(data.subjects)) return;
      setNames(data.subjects.filter((name) => typeof name === 'string'));
    });
    return () => {
      stop();
      setNames(nobody);
    };
  }, [session]);
  return names;
}

/** Milliseconds between two signals of one who goes on typing. */
const repeatMs = 3_000;
/** Milliseconds without a key after which one does not type any more. */
const idleMs = 5_000;

/** Tells the others that somebody types here: at the first key, now and then while it goes on, and when it has ended. */
export class TypingSignal {
  readonly #send: (active: boolean) => void;
  #sentAt = Number.NEGATIVE_INFINITY;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (active: boolean) => void) {
    this.#send = send;
  }

  /** The text has changed; `empty` says that nothing is left of it. */
  typed(empty: boolean): void {
    if (empty) return this.ended();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.ended(), idleMs);
    if (performance.now() - this.#sentAt < repeatMs) return;
    this.#sentAt = performance.now();
    this.#send(true);
  }

  /** Sent, left or given up. */
  ended(): void {
    clearTimeout(this.#idle);
    if (this.#sentAt === Number.NEGATIVE_INFINITY) return;
    this.#sentAt = Number.NEGATIVE_INFINITY;
    this.#send(false);
  }
}
