import { reason } from '../ui/useCommand.ts';
import type { Entry, Listing } from './api.ts';
import { nameOf, parentOf } from './api.ts';

/** What is known of a folder. */
export interface Folder extends Listing {
  /** Why it could not be listed. */
  readonly error?: string;
}

/** The tree as it is; immutable. */
export interface TreeState {
  readonly folders: ReadonlyMap<string, Folder>;
  readonly open: ReadonlySet<string>;
}

/** A line of the tree. */
export interface Row {
  readonly entry: Entry;
  readonly level: number;
  /** Its place among its siblings, from 1, and how many there are. */
  readonly at: number;
  readonly of: number;
  /** Of a folder. */
  readonly open?: boolean;
  /** What there is to say of what is in it, instead of that. */
  readonly note?: string;
}

const none: Listing = { entries: [], truncated: false };

/** The folders of a workspace that were looked into; each is listed when it is opened, and again with every refresh. */
export class FileTree {
  readonly #list: (folder: string) => Promise<Listing>;
  readonly #listeners = new Set<() => void>();
  #state: TreeState = { folders: new Map(), open: new Set() };
  #refreshing: Promise<void> | undefined;
  #again = false;

  constructor(list: (folder: string) => Promise<Listing>) {
    this.#list = list;
  }

  readonly getState = (): TreeState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Opens or shuts a folder. */
  set(path: string, open: boolean): void {
    if (this.#state.open.has(path) === open) return;
    const next = new Set(this.#state.open);
    next[open ? 'add' : 'delete'](path);
    this.#set({ ...this.#state, open: next });
    if (open) void this.#load(path);
  }

  /** Opens the folders that lead to something. */
  reveal(path: string): void {
    for (let folder = parentOf(path); folder !== ''; folder = parentOf(folder)) this.set(folder, true);
  }

  /** Lists again what is shown. Those who ask while that is under way get another one after it, all the same. */
  refresh(): Promise<void> {
    if (this.#refreshing !== undefined) {
      this.#again = true;
      return this.#refreshing;
    }
    this.#refreshing = this.#refresh().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #refresh(): Promise<void> {
    do {
      this.#again = false;
      await Promise.all(['', ...shown(this.#state)].map((path) => this.#load(path)));
    } while (this.#again);
  }

  async #load(path: string): Promise<void> {
    let folder: Folder;
    try {
      folder = await this.#list(path);
    } catch (why) {
      folder = { ...none, error: reason(why) };
    }
    const before = this.#state.folders.get(path);
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(folder)) return;
    this.#set({ ...this.#state, folders: new Map(this.#state.folders).set(path, folder) });
  }

  #set(state: TreeState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** The open folders that can be seen. */
function shown(state: TreeState): string[] {
  return rowsOf(state).flatMap(({ entry, open }) => (open === true ? [entry.path] : []));
}

/** The lines that are seen, from above. */
export function rowsOf(state: TreeState): readonly Row[] {
  const rows: Row[] = [];
  add(rows, state, '', 1);
  return rows;
}

function add(rows: Row[], state: TreeState, path: string, level: number): void {
  const { entries } = state.folders.get(path) ?? none;
  entries.forEach((entry, i) => {
    const place = { entry, level, at: i + 1, of: entries.length };
    if (entry.type !== 'folder') {
      rows.push(place);
      return;
    }
    const open = state.open.has(entry.path);
    const note = open ? noteOf(state.folders.get(entry.path)) : undefined;
    rows.push({ ...place, open, ...(note === undefined ? {} : { note }) });
    if (open) add(rows, state, entry.path, level + 1);
  });
}

/** What there is to say of a folder besides its entries. */
export function noteOf(folder: Folder | undefined): string | undefined {
  if (folder === undefined) return 'Loading …';
  if (folder.error !== undefined) return folder.error;
  if (folder.truncated) return `Only ${folder.entries.length} of its entries are shown.`;
  return folder.entries.length === 0 ? 'Empty' : undefined;
}

/** What is known of something by its path. */
export function entryOf({ folders }: TreeState, path: string): Entry | undefined {
  return folders.get(parentOf(path))?.entries.find((entry) => entry.name === nameOf(path));
}
