import { createContext } from 'react';

/** What lies this near to what is seen is there before it is scrolled to. */
const margin = '1500px 0px';

type Told = (near: boolean, height: number) => void;

/** What scrolls, and which parts of it are near to what is seen. */
export class Viewport {
  readonly #root: () => Element | null;
  readonly #told = new Map<Element, Told>();
  #observer: IntersectionObserver | undefined;

  /** @param root gives the element that scrolls, from when the first part is observed on. */
  constructor(root: () => Element | null) {
    this.#root = root;
  }

  /** Tells whether a part is near, now and whenever that changes; returns how to stop. */
  observe(element: Element, told: Told): () => void {
    if (typeof IntersectionObserver === 'undefined') return () => {};
    this.#observer ??= new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting, boundingClientRect } of entries) {
          this.#told.get(target)?.(isIntersecting, boundingClientRect.height);
        }
      },
      { root: this.#root(), rootMargin: margin },
    );
    this.#told.set(element, told);
    this.#observer.observe(element);
    return () => {
      this.#told.delete(element);
      this.#observer?.unobserve(element);
    };
  }
}

/** The nearest thing that scrolls. */
export const ViewportContext = createContext<Viewport | undefined>(undefined);
