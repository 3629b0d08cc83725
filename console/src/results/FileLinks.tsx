import { count, bytes as sizeText } from '../ui/format.ts';
import { fileUrl, type LeftFiles } from './files.ts';

/** Files of the workspace, to download as they are now. */
export function FileLinks({ sessionId, left }: { readonly sessionId: string; readonly left: LeftFiles }) {
  return (
    <ul className="left-files" data-testid="result-files" aria-label="Files">
      {left.files.map(({ path, change, bytes }) => (
        <li key={path}>
          <span className="badge">{change}</span>
          {change === 'deleted' ? (
            <s className="mono">{path}</s>
          ) : (
            <a className="mono" href={fileUrl(sessionId, path)} download={path.split('/').at(-1)}>
              {path}
            </a>
          )}
          {bytes === undefined ? null : <span className="hint">{sizeText(bytes)}</span>}
        </li>
      ))}
      {left.more > 0 ? <li className="hint">{count(left.more, 'more file')}</li> : null}
    </ul>
  );
}
