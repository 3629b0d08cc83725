import { whenThere } from './whenThere.ts';

const flashMs = 1_500;

/** Brings the place of a tool's card into view, unfolded and focused, as soon as the card is drawn there. */
export function revealCard(place: Element): void {
  place.scrollIntoView({ block: 'center' });
  whenThere(place, '.card-fold', (fold) => {
    if (fold.getAttribute('aria-expanded') === 'false') fold.click();
    fold.focus({ preventScroll: true });
    place.scrollIntoView({ block: 'nearest' });
    flash(place);
  });
}

/** Marks what was looked for, for a moment. */
export function flash(place: Element): void {
  place.animate?.([{ boxShadow: '0 0 0 3px var(--accent)' }, { boxShadow: '0 0 0 3px transparent' }], flashMs);
}
