import type { JsonValue } from '@toolruntime/client';

/** Something that a tool has published: an entry of type `blob` in the content of a result or of a progress's details. */
export interface ShownBlob {
  readonly url: string;
  readonly name: string;
  readonly bytes: number;
  /** Whether a browser shows it in its place. */
  readonly picture: boolean;
  readonly width?: number;
  readonly height?: number;
}

const pictures = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/svg+xml']);
const idText = /^[A-Za-z0-9._-]+:[A-Za-z0-9._-]+:[A-Za-z0-9._-]+$/;

/** What a value has published, in order. A tool's result is anything, so nothing in it is believed that is not checked. */
export function blobsOf(value: JsonValue | undefined): readonly ShownBlob[] {
  if (!isObject(value) || !Array.isArray(value.content)) return [];
  return value.content.flatMap((entry) => {
    if (!isObject(entry) || entry.type !== 'blob' || typeof entry.blob !== 'string' || !idText.test(entry.blob))
      return [];
    const { width, height } = entry;
    return [
      {
        url: `/v1/blobs/${encodeURIComponent(entry.blob)}`,
        name: typeof entry.name === 'string' ? entry.name : 'file',
        bytes: typeof entry.bytes === 'number' ? entry.bytes : 0,
        picture: typeof entry.mediaType === 'string' && pictures.has(entry.mediaType),
        ...(isSize(width) && isSize(height) ? { width, height } : {}),
      },
    ];
  });
}

function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSize(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}
