import type { RefObject } from 'react';
import type { KnownTool } from '../sessions/useTools.ts';
import { count } from '../ui/format.ts';
import { useFloating } from '../ui/useFloating.ts';
import type { Listbox } from '../ui/useListbox.ts';
import { ToolOptions } from './ToolOptions.tsx';

interface SlashMenuProps {
  readonly anchor: RefObject<HTMLElement | null>;
  readonly list: Listbox;
  readonly tools: readonly KnownTool[];
  readonly choose: (tool: KnownTool) => void;
}

/** The tools that a `/` and some letters may mean, above where they are typed. */
export function SlashMenu({ anchor, list, tools, choose }: SlashMenuProps) {
  const style = useFloating(anchor, true);
  return (
    <>
      <ToolOptions
        list={list}
        tools={tools}
        choose={choose}
        className="floating tool-list"
        style={{ ...style, maxWidth: style.minWidth }}
      />
      <p className="unseen" role="status">
        {`${count(tools.length, 'tool')}; arrow keys choose, Enter fills in its form, Escape closes the list.`}
      </p>
    </>
  );
}
