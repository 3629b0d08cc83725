import type { Session } from '@toolruntime/client';
import { listFolder, uploadFile } from './api.ts';
import { FileTree } from './tree.ts';
import { Uploads } from './uploads.ts';

interface Workspace {
  readonly tree: FileTree;
  readonly uploads: Uploads;
}

const workspaces = new WeakMap<Session, Workspace>();

/** What is known of a session's files, and what is on its way there, also while nobody looks. */
export function workspaceOf(session: Session): Workspace {
  let workspace = workspaces.get(session);
  if (workspace === undefined) {
    const tree = new FileTree((folder) => listFolder(session.id, folder));
    const uploads = new Uploads(
      (path, file, options) => uploadFile(session.id, path, file, options),
      (path) => {
        tree.reveal(path);
        void tree.refresh();
      },
    );
    workspace = { tree, uploads };
    workspaces.set(session, workspace);
  }
  return workspace;
}
