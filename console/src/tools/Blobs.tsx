import type { JsonValue } from '@toolruntime/client';
import { bytes as sizeText } from '../ui/format.ts';
import { blobsOf } from './blobs.ts';

/** The pictures and files that a tool has published, as such. */
export function Blobs({ value }: { readonly value: JsonValue | undefined }) {
  const blobs = blobsOf(value);
  if (blobs.length === 0) return null;
  return (
    <ul className="card-blobs">
      {blobs.map(({ url, name, bytes, picture, width, height }) => (
        <li key={url}>
          {picture ? (
            <a href={url} target="_blank" rel="noreferrer">
              <img src={url} alt={name} width={width} height={height} loading="lazy" data-testid="tool-picture" />
            </a>
          ) : (
            <a href={url} download={name} data-testid="tool-file">
              {name} ({sizeText(bytes)})
            </a>
          )}
        </li>
      ))}
    </ul>
  );
}
