import { useState } from 'react';
import type { KnownTool } from '../sessions/useTools.ts';
import { count } from '../ui/format.ts';
import { useListbox } from '../ui/useListbox.ts';
import { findTools } from './find.ts';
import { ToolOptions } from './ToolOptions.tsx';

interface ToolSearchProps {
  readonly tools: readonly KnownTool[] | undefined | null;
  readonly choose: (tool: KnownTool) => void;
}

/** All tools, less those that what is typed does not mean. */
export function ToolSearch({ tools, choose }: ToolSearchProps) {
  const [typed, setTyped] = useState('');
  const found = findTools(tools ?? [], typed);
  const list = useListbox(found.length, (at) => found[at] && choose(found[at]), typed);
  return (
    <div className="tool-search">
      <input
        className="field"
        role="combobox"
        aria-label="Search tools"
        aria-expanded={found.length > 0}
        aria-controls={list.id}
        aria-autocomplete="list"
        aria-activedescendant={list.at < 0 ? undefined : list.optionId(list.at)}
        autoComplete="off"
        spellCheck={false}
        placeholder="Which tool?"
        data-testid="tool-search"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={list.onKey}
      />
      <ToolOptions list={list} tools={found} choose={choose} className="tool-list" />
      <p className="hint" role="status">
        {tools === undefined
          ? 'Loading the tools.'
          : tools === null
            ? 'The server does not say which tools it has.'
            : count(found.length, 'tool')}
      </p>
    </div>
  );
}
