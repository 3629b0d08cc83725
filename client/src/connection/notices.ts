import type { Notice, NoticeFrame, NoticesGoneFrame } from '../wire/notices.ts';

/** Milliseconds after a reconnect in which the server tells again what still holds. */
const confirmMs = 5_000;
/** The longest time that a timer can wait. */
const longestMs = 2_147_483_647;

interface Known {
  readonly notice: Notice;
  /** By this computer's clock. */
  readonly until: number;
}

/**
 * The notices for whoever is connected here, to himself, his tenant, everybody, and the sessions that are open on the connection; oldest first. They go
 * when they expire, are withdrawn, or are dismissed, in whatever tab.
 */
export class Notices {
  readonly #dismiss: (id: string) => Promise<unknown>;
  readonly #listeners = new Set<() => void>();
  readonly #known = new Map<string, Known>();
  #who = '';
  #unconfirmed = new Set<string>();
  #shown: readonly Notice[] = [];
  #expiry: ReturnType<typeof setTimeout> | undefined;
  #confirming: ReturnType<typeof setTimeout> | undefined;

  /** @internal */
  constructor(dismiss: (id: string) => Promise<unknown>) {
    this.#dismiss = dismiss;
  }

  /** Those there are; another array whenever they change. */
  readonly getSnapshot = (): readonly Notice[] => this.#shown;

  /** Calls `listener` whenever they change; returns how to stop that. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Does not show a notice to this user any more, here and everywhere. What can't be said to the server comes back. */
  async dismiss(id: string): Promise<void> {
    const known = this.#known.get(id);
    this.#drop([id]);
    try {
      await this.#dismiss(id);
    } catch (error) {
      if (known !== undefined && known.until > Date.now()) {
        this.#known.set(id, known);
        this.#changed();
      }
      throw error;
    }
  }

  /** @internal */
  receive(frame: NoticeFrame | NoticesGoneFrame): void {
    if (frame.type === 'notices.gone') return this.#drop(frame.ids);
    this.#unconfirmed.delete(frame.notice.id);
    this.#known.set(frame.notice.id, { notice: frame.notice, until: Date.now() + frame.ttlMs });
    this.#changed();
  }

  /** The server tells again what there is; what it does not tell was withdrawn meanwhile, and another user is told anew. @internal */
  online(who: string): void {
    clearTimeout(this.#confirming);
    if (who !== this.#who) this.#drop([...this.#known.keys()]);
    this.#who = who;
    this.#unconfirmed = new Set(this.#known.keys());
    if (this.#unconfirmed.size > 0) this.#confirming = setTimeout(() => this.#drop([...this.#unconfirmed]), confirmMs);
  }

  #drop(ids: readonly string[]): void {
    let dropped = false;
    for (const id of ids) {
      this.#unconfirmed.delete(id);
      dropped = this.#known.delete(id) || dropped;
    }
    if (dropped) this.#changed();
  }

  #changed(): void {
    const now = Date.now();
    for (const [id, { until }] of this.#known) if (until <= now) this.#known.delete(id);
    const all = [...this.#known.values()];
    this.#shown = all.map((known) => known.notice).sort((a, b) => a.at.localeCompare(b.at));
    clearTimeout(this.#expiry);
    if (all.length > 0) {
      const next = Math.min(...all.map((known) => known.until)) - now;
      this.#expiry = setTimeout(() => this.#changed(), Math.min(next, longestMs));
    }
    for (const listener of [...this.#listeners]) listener();
  }
}
