import { newId } from '@toolruntime/client';

const key = 'toolruntime.window';

/** Tells this window from others of the same reader; the same after a reload. */
export const thisWindow = remembered();

function remembered(): string {
  try {
    const known = sessionStorage.getItem(key);
    if (known !== null) return known;
    const id = newId();
    sessionStorage.setItem(key, id);
    return id;
  } catch {
    return newId();
  }
}
