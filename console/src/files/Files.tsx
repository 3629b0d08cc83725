import './files.css';
import type { Session } from '@toolruntime/client';
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { showFiles } from '../app/route.ts';
import { Button } from '../ui/Button.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { notify } from '../ui/report.ts';
import { type Entry, joined, makeFolder, nameOf, parentOf, removeEntry } from './api.ts';
import { chosenOf, droppedOf } from './dropped.ts';
import { watchFiles } from './live.ts';
import { NewFolder } from './NewFolder.tsx';
import { Tree } from './Tree.tsx';
import { entryOf, type TreeState } from './tree.ts';
import { UploadList } from './UploadList.tsx';
import { Viewer } from './Viewer.tsx';
import { workspaceOf } from './workspace.ts';

interface FilesProps {
  readonly session: Session;
  /** A path, or '' for none. */
  readonly selected: string;
}

/** The session's workspace: what is in it, live as tools write, and ways to bring and take files. */
export default function Files({ session, selected }: FilesProps) {
  const { id } = session;
  const { tree, uploads } = workspaceOf(session);
  const state = useSyncExternalStore(tree.subscribe, tree.getState);
  const [dialog, setDialog] = useState<'folder' | Entry>();
  const [over, setOver] = useState<string>();
  const field = useRef<HTMLInputElement>(null);
  const panel = useRef<HTMLElement>(null);
  const entry = entryOf(state, selected);
  const target = entry?.type === 'folder' ? selected : parentOf(selected);

  useEffect(() => watchFiles(session, () => void tree.refresh()), [session, tree]);
  useEffect(() => tree.reveal(selected), [tree, selected]);
  useEffect(() => {
    if (document.activeElement === opener()) panel.current?.focus();
  }, []);
  const shut = useCallback(() => {
    showFiles(undefined);
    opener()?.focus();
  }, []);

  const drop = (data: DataTransfer, folder: string) => {
    setOver(undefined);
    droppedOf(data).then(
      (chosen) => uploads.add(folder, chosen),
      () => notify('What was dropped can’t be read.'),
    );
  };
  const isFile = selected !== '' && entry?.type !== 'folder' && (entry !== undefined || known(state, selected));
  return (
    <aside
      className="files"
      aria-label="Files"
      data-testid="files"
      data-viewing={isFile}
      data-over={over === ''}
      ref={panel}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && dialog === undefined) shut();
      }}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setOver((event.target as Element).closest<HTMLElement>('[data-folder]')?.dataset.folder ?? '');
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(undefined);
      }}
      onDrop={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        drop(event.dataTransfer, over ?? '');
      }}
    >
      <header className="files-head">
        <h2>Files</h2>
        <span className="spacer" />
        <Button
          label={target === '' ? 'Upload files' : `Upload files to ${target}`}
          icon="upload"
          iconOnly
          kind="quiet"
          testId="files-upload"
          onClick={() => field.current?.click()}
        />
        <Button
          label={target === '' ? 'New folder' : `New folder in ${target}`}
          icon="folderPlus"
          iconOnly
          kind="quiet"
          testId="files-new-folder"
          onClick={() => setDialog('folder')}
        />
        <Button
          label={entry === undefined ? 'Delete what is selected' : `Delete ${entry.name}`}
          icon="trash"
          iconOnly
          kind="quiet"
          testId="files-delete"
          disabled={entry === undefined}
          onClick={() => setDialog(entry)}
        />
        <Button label="Close files" icon="close" iconOnly kind="quiet" testId="files-close" onClick={shut} />
        <input
          ref={field}
          type="file"
          multiple
          hidden
          data-testid="files-field"
          onChange={(event) => {
            uploads.add(target, chosenOf(event.currentTarget.files));
            event.currentTarget.value = '';
          }}
        />
      </header>
      <UploadList uploads={uploads} />
      <Tree tree={tree} state={state} selected={selected} over={over} select={showFiles} remove={setDialog} />
      {isFile ? (
        <Viewer key={selected} session={id} path={selected} entry={entry} shut={() => showFiles(parentOf(selected))} />
      ) : null}
      {dialog === 'folder' ? (
        <NewFolder
          within={target}
          make={(name) => makeFolder(id, joined(target, name))}
          made={(name) => {
            tree.reveal(joined(target, `${name}/x`));
            void tree.refresh();
          }}
          closed={() => setDialog(undefined)}
        />
      ) : null}
      {typeof dialog === 'object' ? (
        <Confirm
          title={`Delete ${nameOf(dialog.path)}?`}
          text={
            dialog.type === 'folder'
              ? 'The folder goes with all that is in it. That can’t be undone.'
              : 'That can’t be undone.'
          }
          action="Delete"
          send={() => removeEntry(id, dialog)}
          done={() => {
            tree.set(dialog.path, false);
            if (`${selected}/`.startsWith(`${dialog.path}/`)) showFiles(parentOf(dialog.path));
            void tree.refresh();
          }}
          closed={() => setDialog(undefined)}
        />
      ) : null}
    </aside>
  );
}

function opener(): HTMLElement | null {
  return document.querySelector('[data-testid="session-files"]');
}

/** Whether the folder that it is in was listed, so that what is not in it is gone, or never was. */
function known({ folders }: TreeState, path: string): boolean {
  return folders.get(parentOf(path))?.error === undefined && folders.has('');
}
