const focusable =
  'button:not([disabled]):not([tabindex="-1"]), a[href], input:not([disabled]), textarea:not([disabled]), select, summary, [tabindex="0"]';
/** What can take the focus itself where nothing in it can. */
const home = 'article, section, form, li, main, dialog';

/**
 * Sees to it that the focus is never nowhere: when what has it goes away or can't be used any more, as a button that has done its work, the
 * nearest thing around it that can takes it. Returns how to stop.
 */
export function keepFocus(root: Document = document): () => void {
  let path: Element[] = [];
  const remember = ({ target }: FocusEvent) => {
    path = [];
    for (let at = target instanceof Element ? target : null; at !== null && at !== root.body; at = at.parentElement)
      path.push(at);
  };
  const check = () => {
    const [lost] = path;
    if (lost === undefined || (lost.isConnected && !isDisabled(lost))) return;
    const active = root.activeElement;
    if (active !== null && active !== root.body && active !== lost) return;
    const heir = heirOf(path);
    path = [];
    heir?.focus({ preventScroll: true });
  };
  const leave = ({ target, relatedTarget }: FocusEvent) => {
    if (relatedTarget !== null || target !== path[0]) return;
    // What is taken away says so while it is still there; what the reader left is there afterwards too, and is not to get the focus back.
    queueMicrotask(() => {
      if (target !== path[0]) return;
      if (target instanceof Element && target.isConnected && !isDisabled(target)) path = [];
      else check();
    });
  };
  const observer = new MutationObserver(check);
  observer.observe(root.body, { childList: true, subtree: true, attributeFilter: ['disabled'] });
  root.addEventListener('focusin', remember);
  root.addEventListener('focusout', leave);
  return () => {
    observer.disconnect();
    root.removeEventListener('focusin', remember);
    root.removeEventListener('focusout', leave);
  };
}

function isDisabled(element: Element): boolean {
  return element.matches(':disabled');
}

function heirOf(path: readonly Element[]): HTMLElement | undefined {
  for (const around of path) {
    if (!around.isConnected) continue;
    const inside = [...around.querySelectorAll<HTMLElement>(focusable)].find(
      (element) => element.checkVisibility?.() ?? true,
    );
    if (inside !== undefined && !isWide(around)) return inside;
    if (around instanceof HTMLElement && around.matches(home)) {
      if (!around.hasAttribute('tabindex')) around.tabIndex = -1;
      return around;
    }
  }
  return undefined;
}

/** Whether its first control may be far from what was lost: then it takes the focus itself. */
function isWide(element: Element): boolean {
  return element.matches('main, .feed, .feed-content, .app, .cards');
}
