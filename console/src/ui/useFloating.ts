import { type CSSProperties, type RefObject, useLayoutEffect, useState } from 'react';

const gap = 4;
const margin = 8;
const highest = 340;

/** Where a list that belongs to a field stands: above or below it, wherever there is more room. It is cut by nothing around it. */
export function useFloating(anchor: RefObject<HTMLElement | null>, open: boolean): CSSProperties {
  const [style, setStyle] = useState<CSSProperties>({ position: 'fixed', visibility: 'hidden' });
  useLayoutEffect(() => {
    if (!open) return undefined;
    const place = () => {
      const element = anchor.current;
      if (element === null) return;
      const { top, bottom, left, width } = element.getBoundingClientRect();
      const [above, below] = [top - gap - margin, innerHeight - bottom - gap - margin];
      const up = above > below;
      setStyle({
        position: 'fixed',
        left,
        minWidth: width,
        maxWidth: innerWidth - left - margin,
        maxHeight: Math.min(highest, up ? above : below),
        ...(up ? { bottom: innerHeight - top + gap } : { top: bottom + gap }),
      });
    };
    place();
    addEventListener('resize', place);
    document.addEventListener('scroll', place, true);
    return () => {
      removeEventListener('resize', place);
      document.removeEventListener('scroll', place, true);
    };
  }, [anchor, open]);
  return style;
}
