import { emptyView, foldEvents, type SessionEvent, type View } from '@toolruntime/client';
import { compact } from './compact.ts';

/** Views are kept at multiples of so many events. */
const usualStep = 1_024;
/** So many are kept at most; then the one that was used longest ago goes. */
const mostKept = 128;

interface Frame {
  readonly count: number;
  readonly view: View;
}

/** The view after any number of events, near at hand: the nearest view that is kept, with what comes after it. */
export class Frames {
  readonly #events: readonly SessionEvent[];
  readonly #step: number;
  readonly #kept = new Map<number, View>();
  /** The last one that was asked for: the next is mostly right behind it. */
  #last: Frame = { count: 0, view: emptyView };

  /** @param events may grow. */
  constructor(events: readonly SessionEvent[], step = usualStep) {
    this.#events = events;
    this.#step = step;
  }

  /** The view after the first `count` events. */
  at(count: number): View {
    const place = count - (count % this.#step);
    const { count: last } = this.#last;
    const from = last <= count && last >= place ? this.#last : this.#frame(place);
    const view = this.#fold(from, count);
    this.#last = { count, view };
    return view;
  }

  /** A view that is kept, or is from now on. */
  #frame(place: number): Frame {
    let before = place;
    while (before > 0 && !this.#kept.has(before)) before -= this.#step;
    const view = this.#fold({ count: before, view: this.#kept.get(before) ?? emptyView }, place);
    this.#kept.delete(place);
    this.#kept.set(place, view);
    const [oldest = 0] = this.#kept.keys();
    if (this.#kept.size > mostKept) this.#kept.delete(oldest);
    return { count: place, view };
  }

  #fold({ count, view }: Frame, to: number): View {
    return to === count ? view : foldEvents(view, compact(this.#events.slice(count, to)));
  }
}
