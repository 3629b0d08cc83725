import { type HTMLAttributes, type ReactNode, useContext, useEffect, useRef, useState } from 'react';
import { ViewportContext } from './viewport.ts';

interface WindowedProps extends HTMLAttributes<HTMLDivElement> {
  /** How high it is, as far as one can tell before it was drawn. */
  readonly estimate: number;
  /** Whether it is there from the beginning, without being asked where it is. */
  readonly first?: boolean;
  /** Whether it is there wherever it is. */
  readonly always?: boolean;
  readonly children: ReactNode;
}

/** What the reader is busy with has to stay, however far away it is scrolled. */
const busy = 'textarea, dialog[open], details[open], input.field, :focus';

/** A part of what scrolls that is only drawn while it is near to what is seen; else its height is kept free. */
export function Windowed({ estimate, first = false, always = false, children, style, ...rest }: WindowedProps) {
  const viewport = useContext(ViewportContext);
  const box = useRef<HTMLDivElement>(null);
  const height = useRef(estimate);
  const [near, setNear] = useState(first || viewport === undefined);
  const shown = near || always;
  useEffect(() => {
    const element = box.current;
    if (element === null || viewport === undefined || typeof IntersectionObserver === 'undefined') {
      setNear(true);
      return undefined;
    }
    return viewport.observe(element, (isNear, measured) => {
      if (!isNear && isBusy(element)) return;
      if (!isNear && element.dataset.shown === 'true' && measured > 0) height.current = measured;
      setNear(isNear);
    });
  }, [viewport]);
  return (
    <div ref={box} data-shown={shown} style={shown ? style : { ...style, height: height.current }} {...rest}>
      {shown ? children : null}
    </div>
  );
}

function isBusy(element: Element): boolean {
  if (element.querySelector(busy) !== null) return true;
  const selection = document.getSelection();
  return (
    selection !== null &&
    !selection.isCollapsed &&
    selection.rangeCount > 0 &&
    selection.getRangeAt(0).intersectsNode(element)
  );
}
