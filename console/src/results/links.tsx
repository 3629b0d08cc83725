import type { ReactNode } from 'react';

const address = /\bhttps?:\/\/[^\s<>"'`{}|\\^]+/g;

/** The address of a page, if it is one that may be gone to: http or https, and nothing that hides whose it is. */
export function safeUrl(text: unknown): URL | undefined {
  if (typeof text !== 'string' || text.length > 8_000 || !/^https?:\/\//i.test(text)) return undefined;
  try {
    const url = new URL(text);
    return url.username === '' && url.password === '' ? url : undefined;
  } catch {
    return undefined;
  }
}

/** A link out of the page, which tells the other side nothing; text where it leads nowhere. */
export function SafeLink({ href, children }: { readonly href: unknown; readonly children: ReactNode }) {
  const url = safeUrl(href);
  if (url === undefined) return children;
  return (
    <a href={url.href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

/** Of a longer one nobody makes sense, and the end of it takes long to find. */
const longest = 2_000;

/** A text with the addresses in it as links. */
export function Linked({ text }: { readonly text: string }) {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(address)) {
    if (match[0].length > longest) continue;
    const found = trimmed(match[0]);
    if (safeUrl(found) === undefined) continue;
    parts.push(
      text.slice(at, match.index),
      <SafeLink key={match.index} href={found}>
        {found}
      </SafeLink>,
    );
    at = match.index + found.length;
  }
  return at === 0 ? text : [...parts, text.slice(at)];
}

/** An address as it stands in a sentence, without what ends that. */
function trimmed(found: string): string {
  let text = found;
  for (;;) {
    const last = text.at(-1) ?? '';
    const opened = last === ')' ? '(' : last === ']' ? '[' : undefined;
    const closes = opened !== undefined && text.split(last).length > text.split(opened).length;
    if (!closes && !/[.,;:!?…*]/.test(last)) return text;
    text = text.slice(0, -1);
  }
}
