import { useSyncExternalStore } from 'react';
import { Button } from '../ui/Button.tsx';
import { bytes } from '../ui/format.ts';
import type { Upload, Uploads } from './uploads.ts';

/** Files on their way, with how far they have come. */
export function UploadList({ uploads }: { readonly uploads: Uploads }) {
  const all = useSyncExternalStore(uploads.subscribe, uploads.getAll);
  const open = all.filter(({ state }) => state === 'waiting' || state === 'sending').length;
  const done = all.filter(({ state }) => state === 'done').length;
  return (
    <>
      <p className="unseen" role="status">
        {all.length === 0 ? '' : `${done} of ${all.length} uploaded`}
      </p>
      {all.length === 0 ? null : (
        <section className="uploads" aria-label="Uploads" data-testid="uploads">
          <ul>
            {all.map((upload) => (
              <Line key={upload.id} uploads={uploads} upload={upload} />
            ))}
          </ul>
          {open === 0 ? (
            <Button
              label="Clear"
              kind="quiet"
              className="button-small"
              testId="uploads-clear"
              onClick={() => uploads.clear()}
            />
          ) : null}
        </section>
      )}
    </>
  );
}

function Line({ uploads, upload }: { readonly uploads: Uploads; readonly upload: Upload }) {
  const { id, path, size, sent, state, error } = upload;
  const open = state === 'waiting' || state === 'sending';
  return (
    <li className="upload" data-testid="upload" data-state={state}>
      <span className="upload-name" title={path}>
        {path}
      </span>
      <span className="upload-state">{said(upload)}</span>
      {state === 'exists' ? (
        <Button
          label="Replace"
          className="button-small"
          testId="upload-replace"
          aria-label={`Replace ${path}`}
          onClick={() => uploads.again(id, true)}
        />
      ) : null}
      {state === 'failed' ? (
        <Button
          label="Try again"
          className="button-small"
          aria-label={`Upload ${path} again`}
          onClick={() => uploads.again(id, false)}
        />
      ) : null}
      {state === 'done' ? null : (
        <Button
          label={open ? `Cancel the upload of ${path}` : `Leave ${path} as it is`}
          icon="close"
          iconOnly
          kind="quiet"
          testId="upload-cancel"
          onClick={() => uploads.drop(id)}
        />
      )}
      {state === 'sending' ? <progress max={Math.max(1, size)} value={sent} aria-label={`Upload of ${path}`} /> : null}
      {error === undefined ? null : <span className="upload-error">{error}</span>}
    </li>
  );
}

function said({ size, sent, state }: Upload): string {
  switch (state) {
    case 'waiting':
      return `${bytes(size)}, waits`;
    case 'sending':
      return sent < size ? `${bytes(sent)} of ${bytes(size)}` : 'being stored';
    case 'done':
      return bytes(size);
    case 'exists':
      return 'is there already';
    case 'failed':
      return 'not uploaded';
  }
}
