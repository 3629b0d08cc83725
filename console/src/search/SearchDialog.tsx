import { useState } from 'react';
import { useSessions } from '../sessions/sessions.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { count, when } from '../ui/format.ts';
import { useListbox } from '../ui/useListbox.ts';
import type { Hit } from './api.ts';
import { useSearch } from './useSearch.ts';
import { show } from './wanted.ts';
import './search.css';

/** Searches all sessions that one may read; opens one at what was found. */
export function SearchDialog({ closed }: { readonly closed: () => void }) {
  return (
    <Dialog title="Search" className="search-dialog" testId="search-dialog" closed={closed}>
      {(close) => <SearchBody close={close} />}
    </Dialog>
  );
}

function SearchBody({ close }: { readonly close: () => void }) {
  const [typed, setTyped] = useState('');
  const { found, busy, error, more } = useSearch(typed);
  const hits = found?.hits ?? [];
  const entries = hits.length + (found?.next === undefined ? 0 : 1);
  const choose = (at: number) => {
    const hit = hits[at];
    if (hit === undefined) return more();
    close();
    show(hit);
  };
  const list = useListbox(entries, choose, typed);
  return (
    <div className="dialog-body">
      <input
        className="field"
        role="combobox"
        aria-label="Search messages, commands, output and results"
        aria-expanded={entries > 0}
        aria-controls={list.id}
        aria-autocomplete="list"
        aria-activedescendant={list.at < 0 ? undefined : list.optionId(list.at)}
        autoComplete="off"
        spellCheck={false}
        maxLength={490}
        placeholder={'words, "a phrase", begin*'}
        data-testid="search-field"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={list.onKey}
      />
      <div role="listbox" id={list.id} aria-label="What was found" className="search-hits" aria-busy={busy}>
        {Array.from({ length: entries }, (_, i) => (
          // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the field has the focus and takes the keys
          <div
            key={hits[i] === undefined ? 'more' : `${hits[i].session}/${hits[i].seq}/${hits[i].executionId ?? ''}/${i}`}
            role="option"
            id={list.optionId(i)}
            aria-selected={i === list.at}
            className="search-hit"
            data-testid={hits[i] === undefined ? 'search-more' : 'search-hit'}
            data-kind={hits[i]?.kind}
            onPointerMove={() => list.mark(i)}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(i)}
          >
            {hits[i] === undefined ? 'More' : <HitView hit={hits[i]} />}
          </div>
        ))}
      </div>
      <p className="hint" role="status" data-testid="search-status">
        {error ?? status(hits.length, found === undefined, found?.order === 'newest', found?.next !== undefined)}
      </p>
    </div>
  );
}

function status(hits: number, none: boolean, newest: boolean, more: boolean): string {
  if (none) return 'Two characters or more. Arrow keys choose, Enter opens.';
  if (hits === 0) return 'Nothing was found.';
  return `${count(hits, 'place')}${more ? ' and more' : ''}, ${newest ? 'the newest first' : 'the best first'}`;
}

const kinds: Readonly<Record<Hit['kind'], string>> = {
  message: 'Message',
  command: 'Call',
  output: 'Output',
  result: 'Result',
};

function HitView({ hit }: { readonly hit: Hit }) {
  const title = useSessions().find(({ id }) => id === hit.session)?.title;
  return (
    <>
      <span className="search-hit-head">
        <span className="badge">{kinds[hit.kind]}</span>
        {hit.tool === undefined ? null : <span className="search-hit-tool">{hit.tool}</span>}
        <span className="search-hit-session">{title || hit.session}</span>
        <span className="search-hit-at">
          {hit.line === undefined ? '' : `line ${hit.line} · `}
          {when(hit.at)}
        </span>
      </span>
      <span className="search-hit-text" data-mono={hit.kind !== 'message'}>
        {hit.snippet.map((part, i) => (part.match ? <mark key={i}>{part.text}</mark> : part.text))}
      </span>
    </>
  );
}
