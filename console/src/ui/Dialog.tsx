import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { Button } from './Button.tsx';

interface DialogProps {
  readonly title: string;
  /** Beside the title. */
  readonly head?: ReactNode;
  readonly className?: string;
  readonly testId: string;
  /** Whether a click beside it leaves it open, since something is filled in. */
  readonly steady?: boolean;
  /** Whether Escape is for what is inside, and does not close it. */
  readonly keepsEscape?: boolean;
  /** Called when it was closed, whatever closed it; from then on it need not be there. */
  readonly closed: () => void;
  /** Its content, which is given how to close it: only a dialog that was closed gives the focus back. */
  readonly children: (close: () => void) => ReactNode;
}

/** A modal dialog: the browser keeps the focus inside and gives it back afterwards. */
export function Dialog({
  title,
  head,
  className = '',
  testId,
  steady = false,
  keepsEscape = false,
  closed,
  children,
}: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // Before the effects of what is inside: in a closed dialog nothing has a size or takes the focus.
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element === null || element.open) return;
    element.showModal();
    // What it is about comes first, not how to close it.
    element.querySelector<HTMLElement>('.dialog-body :is(input, textarea, select, button)')?.focus();
  }, []);
  const shut = () => dialog.current?.close();
  return (
    <dialog
      ref={dialog}
      className={`dialog ${className}`}
      data-testid={testId}
      aria-labelledby={heading}
      onClose={closed}
      onCancel={(event) => {
        if (keepsEscape) event.preventDefault();
      }}
      closedby={keepsEscape ? 'none' : steady ? 'closerequest' : 'any'}
    >
      <header className="dialog-head">
        <h2 id={heading}>{title}</h2>
        <span className="dialog-what">{head}</span>
        <Button label="Close" icon="close" iconOnly kind="quiet" testId={`${testId}-close`} onClick={shut} />
      </header>
      {children(shut)}
    </dialog>
  );
}
