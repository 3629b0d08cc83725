import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';

const nearPx = 60;
/** How long a movement may come after the wheel, finger or key that caused it. */
const inputMs = 300;
/** How long a smooth movement may go on after what caused it. */
const momentumMs = 1_000;
const inputs = ['wheel', 'touchmove', 'keydown', 'pointerdown', 'pointermove'] as const;

interface Stick {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly content: RefObject<HTMLDivElement | null>;
  /** Whether the reader has left the end. */
  readonly away: boolean;
  readonly toEnd: () => void;
  /** Another place is shown from now on, though the reader has not moved. */
  readonly leaveEnd: () => void;
  /** Makes a change above what is being read, without moving it. */
  readonly keepPlace: (change: () => void) => void;
}

/** Keeps the end in view while content grows, unless the reader has scrolled away from it. */
export function useStickToEnd(): Stick {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const stuck = useRef(true);
  const broughtAt = useRef(Number.NEGATIVE_INFINITY);
  const [away, setAway] = useState(false);
  const toEnd = useCallback(() => {
    stuck.current = true;
    broughtAt.current = performance.now();
    setAway(false);
    const element = scroller.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  }, []);
  const leaveEnd = useCallback(() => {
    stuck.current = false;
    setAway(true);
  }, []);
  const keepPlace = useCallback((change: () => void) => {
    const element = scroller.current;
    const [top, height] = [element?.scrollTop ?? 0, element?.scrollHeight ?? 0];
    flushSync(change);
    if (element !== null) element.scrollTop = top + element.scrollHeight - height;
  }, []);
  useEffect(() => {
    const element = scroller.current;
    const inner = content.current;
    if (element === null || inner === null) return undefined;
    let last = element.scrollTop;
    let height = element.scrollHeight;
    let inputAt = Number.NEGATIVE_INFINITY;
    const onInput = () => {
      inputAt = performance.now();
    };
    const onScroll = () => {
      const gap = element.scrollHeight - element.scrollTop - element.clientHeight;
      // Away from the end goes the reader, or a script, by moving up. Layout moves things too: then the height has changed and nobody touched anything.
      const meant = element.scrollHeight === height || performance.now() - inputAt < inputMs;
      // A smooth movement that began before the reader asked for the end goes on after it: the end is what was asked for last.
      const momentum = inputAt < broughtAt.current && performance.now() - inputAt < momentumMs;
      if (gap < nearPx) stuck.current = true;
      else if (stuck.current && momentum) element.scrollTop = element.scrollHeight;
      else if (element.scrollTop < last && meant) stuck.current = false;
      last = element.scrollTop;
      height = element.scrollHeight;
      setAway(!stuck.current);
    };
    const observer = new ResizeObserver(() => {
      if (stuck.current) element.scrollTop = element.scrollHeight;
      height = element.scrollHeight;
    });
    observer.observe(inner);
    observer.observe(element);
    for (const type of inputs) element.addEventListener(type, onInput, { passive: true });
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      for (const type of inputs) element.removeEventListener(type, onInput);
      element.removeEventListener('scroll', onScroll);
    };
  }, []);
  return { scroller, content, away, toEnd, leaveEnd, keepPlace };
}
