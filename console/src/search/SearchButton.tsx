import { useEffect, useState } from 'react';
import { createPortal } from 'react-dom';
import { Button } from '../ui/Button.tsx';
import { SearchDialog } from './SearchDialog.tsx';

/** Opens the search, as Ctrl-K does (⌘K on a Mac) wherever no other dialog is open. It is not loaded when needed: what is typed right after the key is for it. */
export function SearchButton() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      if (document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      setOpen(true);
    };
    // Before a terminal takes the key.
    document.addEventListener('keydown', onKey, { capture: true });
    return () => document.removeEventListener('keydown', onKey, { capture: true });
  }, []);
  return (
    <>
      <Button
        label="Search (Ctrl-K)"
        icon="search"
        iconOnly
        kind="quiet"
        aria-keyshortcuts="Control+K"
        testId="search-open"
        onClick={() => setOpen(true)}
      />
      {open
        ? createPortal(
            // A section outside the page's head, or the dialog's head would count as one of the page.
            <section>
              <SearchDialog closed={() => setOpen(false)} />
            </section>,
            document.body,
          )
        : null}
    </>
  );
}
