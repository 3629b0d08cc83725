import type { ReplayLog } from './log.ts';
import { Moments } from './moments.ts';

export const speeds = [1, 2, 4, 8, 16] as const;
export type Speed = (typeof speeds)[number];

/** Where a replay stands; immutable. */
export interface PlayerState {
  /** Milliseconds of play time. */
  readonly play: number;
  /** How many events have happened. */
  readonly count: number;
  readonly playing: boolean;
  readonly speed: Speed;
  readonly skipIdle: boolean;
  /** Whether all of the recording is there. */
  readonly whole: boolean;
  /** How long it plays, as far as it is there. */
  readonly length: number;
}

/** What makes time pass: calls back soon with the time, once. */
export type Ticker = (tick: (now: number) => void) => void;

/** Plays a recording. */
export class Player {
  readonly log: ReplayLog;
  readonly #ticker: Ticker;
  readonly #listeners = new Set<() => void>();
  #moments: Moments;
  #state: PlayerState;
  #lastTick: number | undefined;

  constructor(log: ReplayLog, ticker: Ticker = (tick) => void requestAnimationFrame(tick)) {
    this.log = log;
    this.#ticker = ticker;
    this.#moments = new Moments(log.times, true);
    this.#state = { play: 0, count: 0, playing: false, speed: 1, skipIdle: true, whole: false, length: 0 };
  }

  get moments(): Moments {
    return this.#moments;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getState = (): PlayerState => this.#state;

  /** More of the recording is there. */
  grown(): void {
    this.#moments = new Moments(this.log.times, this.#state.skipIdle);
    const { count } = this.#state;
    this.#set({ length: this.#moments.length, whole: this.log.whole, count: Math.max(count, this.#first()) });
  }

  toggle(): void {
    if (this.#state.playing) return this.pause();
    // At the end it begins anew.
    if (this.#state.count >= this.log.events.length) this.#goto(0);
    this.#lastTick = undefined;
    this.#set({ playing: true });
    this.#ticker(this.#tick);
  }

  pause(): void {
    this.#set({ playing: false });
  }

  /** Goes to a place in play time. */
  seek(play: number): void {
    this.#goto(Math.min(Math.max(0, play), this.#moments.length));
  }

  /** Goes to where so many events have happened. */
  goTo(count: number): void {
    const within = Math.min(Math.max(this.#first(), count), this.log.events.length);
    this.#set({ play: this.#moments.of(Math.max(0, within - 1)), count: within });
  }

  /** Goes an event on, or back. */
  step(by: 1 | -1): void {
    this.pause();
    this.goTo(this.#state.count + by);
  }

  /** Goes to the next event that is worth stopping at, or to the one before. */
  toMark(by: 1 | -1): void {
    this.pause();
    const { marks } = this.log;
    const { count } = this.#state;
    const index = by === 1 ? marks.find((mark) => mark >= count) : marks.findLast((mark) => mark < count - 1);
    this.goTo(index === undefined ? (by === 1 ? this.log.events.length : 0) : index + 1);
  }

  setSpeed(speed: Speed): void {
    this.#set({ speed });
  }

  /** Skips silences, or not; stays at the same event. */
  setSkipIdle(skipIdle: boolean): void {
    this.#moments = new Moments(this.log.times, skipIdle);
    const { count } = this.#state;
    this.#set({ skipIdle, play: this.#moments.of(Math.max(0, count - 1)), length: this.#moments.length });
  }

  /** There is always a first event to be seen, once there is one. */
  #first(): number {
    return Math.min(1, this.log.events.length);
  }

  #goto(play: number): void {
    this.#set({ play, count: Math.max(this.#first(), this.#moments.countAt(play)) });
  }

  readonly #tick = (now: number) => {
    if (!this.#state.playing) return;
    const passed = this.#lastTick === undefined ? 0 : now - this.#lastTick;
    this.#lastTick = now;
    const play = this.#state.play + passed * this.#state.speed;
    this.seek(play);
    // While more is on its way, it waits at the end of what there is.
    if (play >= this.#moments.length && this.log.whole) return this.pause();
    this.#ticker(this.#tick);
  };

  #set(changes: Partial<PlayerState>): void {
    this.#state = { ...this.#state, ...changes };
    for (const listener of [...this.#listeners]) listener();
  }
}
