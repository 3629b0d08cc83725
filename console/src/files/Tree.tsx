import { Fragment, type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { bytes, when } from '../ui/format.ts';
import { icons } from '../ui/icons.tsx';
import type { Entry } from './api.ts';
import { parentOf } from './api.ts';
import { type FileTree, noteOf, type Row, rowsOf, type TreeState } from './tree.ts';

interface TreeProps {
  readonly tree: FileTree;
  readonly state: TreeState;
  readonly selected: string;
  /** The folder that something is held over. */
  readonly over: string | undefined;
  readonly select: (path: string) => void;
  readonly remove: (entry: Entry) => void;
}

/** Typed letters that come so soon after each other are one beginning of a name. */
const typingMs = 700;

/** The workspace as a tree, by the pattern of ARIA's authoring practices: arrows move, Enter opens, letters find. */
export function Tree({ tree, state, selected, over, select, remove }: TreeProps) {
  const rows = useMemo(() => rowsOf(state), [state]);
  const [active, setActive] = useState(selected);
  const box = useRef<HTMLDivElement>(null);
  const typed = useRef({ text: '', at: 0 });
  const at = Math.max(0, findRow(rows, active) ?? findRow(rows, selected) ?? 0);
  const note = noteOf(state.folders.get(''));

  const there = findRow(rows, selected) !== undefined;
  useEffect(() => {
    if (there)
      box.current?.querySelector(`[data-path="${CSS.escape(selected)}"]`)?.scrollIntoView?.({ block: 'nearest' });
  }, [there, selected]);

  const focus = (row: Row | undefined) => {
    if (row === undefined) return;
    box.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(row.entry.path)}"]`)?.focus();
  };
  const act = ({ entry, open }: Row) => {
    if (open !== undefined) tree.set(entry.path, !open);
    select(entry.path);
  };
  const find = (letter: string) => {
    const now = Date.now();
    const text = now - typed.current.at < typingMs ? typed.current.text + letter : letter;
    typed.current = { text, at: now };
    const from = text.length > 1 ? at : at + 1;
    const order = [...rows.slice(from), ...rows.slice(0, from)];
    focus(order.find(({ entry }) => entry.name.toLowerCase().startsWith(text.toLowerCase())));
  };
  const onKey = (event: KeyboardEvent) => {
    const row = rows[at];
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const { entry, open } = row;
    switch (event.key) {
      case 'ArrowDown':
        focus(rows[at + 1]);
        break;
      case 'ArrowUp':
        focus(rows[at - 1]);
        break;
      case 'Home':
        focus(rows[0]);
        break;
      case 'End':
        focus(rows.at(-1));
        break;
      case 'ArrowRight':
        if (open === false) tree.set(entry.path, true);
        else if (open === true && rows[at + 1]?.level === row.level + 1) focus(rows[at + 1]);
        break;
      case 'ArrowLeft':
        if (open === true) tree.set(entry.path, false);
        else focus(rows[findRow(rows, parentOf(entry.path)) ?? -1]);
        break;
      case 'Enter':
      case ' ':
        act(row);
        break;
      case 'Delete':
        remove(entry);
        break;
      default:
        if (event.key.length !== 1) return;
        find(event.key);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="tree" role="tree" aria-label="Workspace" data-testid="tree" ref={box} onKeyDown={onKey}>
      {rows.map((row, i) => (
        <Fragment key={row.entry.path}>
          <Line
            row={row}
            selected={row.entry.path === selected}
            over={over !== undefined && over !== '' && over === row.entry.path}
            reached={i === at}
            focused={() => setActive(row.entry.path)}
            act={() => act(row)}
          />
          {row.note === undefined ? null : <Note text={row.note} level={row.level + 1} />}
        </Fragment>
      ))}
      {note === undefined ? null : (
        <Note text={note === 'Empty' ? 'The workspace is empty. Drop files here.' : note} level={1} />
      )}
    </div>
  );
}

interface LineProps {
  readonly row: Row;
  readonly selected: boolean;
  readonly over: boolean;
  /** Whether Tab leads to it. */
  readonly reached: boolean;
  readonly focused: () => void;
  readonly act: () => void;
}

function Line({ row: { entry, level, at, of, open }, selected, over, reached, focused, act }: LineProps) {
  const folder = open !== undefined;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys
    <div
      className="tree-line"
      role="treeitem"
      aria-level={level}
      aria-posinset={at}
      aria-setsize={of}
      aria-selected={selected}
      {...(folder ? { 'aria-expanded': open } : {})}
      tabIndex={reached ? 0 : -1}
      data-path={entry.path}
      data-folder={folder ? entry.path : parentOf(entry.path)}
      data-over={over}
      data-testid="tree-item"
      style={{ paddingLeft: 6 + 16 * (level - 1) }}
      onClick={act}
      onFocus={focused}
    >
      <span className="tree-fold" data-open={open}>
        {folder ? icons.right : null}
      </span>
      {icons[folder ? 'folder' : entry.type === 'link' ? 'link' : 'file']}
      <span className="tree-name">{entry.name}</span>
      {entry.bytes === undefined ? null : <span className="tree-size">{bytes(entry.bytes)}</span>}
      {entry.changedAt === undefined ? null : <span className="tree-date">{when(entry.changedAt)}</span>}
    </div>
  );
}

function Note({ text, level }: { readonly text: string; readonly level: number }) {
  return (
    <div className="tree-note" role="none" style={{ paddingLeft: 28 + 16 * (level - 1) }}>
      {text}
    </div>
  );
}

function findRow(rows: readonly Row[], path: string): number | undefined {
  const at = rows.findIndex(({ entry }) => entry.path === path);
  return at < 0 ? undefined : at;
}
