/** So long a silence lasts in a replay that skips idle time. */
export const idleMs = 2_000;

/** When things happen in a replay: milliseconds from its beginning, with silences shortened if idle time is skipped. */
export class Moments {
  /** Where each event is, in play time. */
  readonly #plays: readonly number[];
  readonly #times: readonly number[];

  /** @param times when the events were, in milliseconds, never falling. */
  constructor(times: readonly number[], skipIdle: boolean) {
    const plays: number[] = [];
    let play = 0;
    times.forEach((time, i) => {
      const waited = time - (times[i - 1] ?? time);
      play += skipIdle ? Math.min(waited, idleMs) : waited;
      plays.push(play);
    });
    this.#plays = plays;
    this.#times = times;
  }

  /** How long it plays. */
  get length(): number {
    return this.#plays.at(-1) ?? 0;
  }

  /** When an event plays; before the first one it is 0. */
  of(index: number): number {
    return this.#plays[Math.min(index, this.#plays.length - 1)] ?? 0;
  }

  /** How many events have happened by then. */
  countAt(play: number): number {
    return after(this.#plays, play);
  }

  /** The time of day at a place, in milliseconds; within a silence that is shortened it runs faster. */
  clockAt(play: number): number {
    const next = Math.max(1, this.countAt(play));
    const [from = 0, to = from] = [this.#times[next - 1], this.#times[next]];
    const [begin, end] = [this.of(next - 1), this.of(next)];
    return end <= begin ? from : from + ((to - from) * Math.max(0, play - begin)) / (end - begin);
  }

  /** Where a time of day is. */
  playAt(time: number): number {
    const next = after(this.#times, time);
    if (next === 0) return 0;
    const [from = 0, to = from] = [this.#times[next - 1], this.#times[next]];
    const [begin, end] = [this.of(next - 1), this.of(next)];
    return to <= from ? begin : begin + ((end - begin) * (time - from)) / (to - from);
  }
}

/** How many of the values, which never fall, are not above the limit. */
function after(values: readonly number[], limit: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
