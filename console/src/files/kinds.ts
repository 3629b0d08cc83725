/** How a file is shown. */
export type Kind = 'picture' | 'markdown' | 'text';

const pictures = new Map(
  Object.entries({
    png: 'image/png',
    jpg: 'image/jpeg',
    jpeg: 'image/jpeg',
    gif: 'image/gif',
    webp: 'image/webp',
    avif: 'image/avif',
    bmp: 'image/bmp',
    ico: 'image/x-icon',
    svg: 'image/svg+xml',
  }),
);

/** What a name's end says. */
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1).toLowerCase();
}

/** How to show a file of that name, if it holds what the name says. */
export function kindOf(name: string): Kind {
  const extension = extensionOf(name);
  if (pictures.has(extension)) return 'picture';
  return extension === 'md' || extension === 'markdown' ? 'markdown' : 'text';
}

/** The type of a picture. */
export function pictureType(name: string): string {
  return pictures.get(extensionOf(name)) ?? 'application/octet-stream';
}

/** The text that bytes are, which may end within a character; `undefined` where they are none. */
export function textOf(bytes: Uint8Array, whole: boolean): string | undefined {
  if (bytes.subarray(0, 8_192).includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !whole });
  } catch {
    return undefined;
  }
}
