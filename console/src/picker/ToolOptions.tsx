import type { CSSProperties } from 'react';
import type { KnownTool } from '../sessions/useTools.ts';
import type { Listbox } from '../ui/useListbox.ts';

interface ToolOptionsProps {
  readonly list: Listbox;
  readonly tools: readonly KnownTool[];
  readonly choose: (tool: KnownTool) => void;
  readonly className: string;
  readonly style?: CSSProperties;
}

/** Tools to choose from. The focus stays in the field that the list belongs to. */
export function ToolOptions({ list, tools, choose, className, style }: ToolOptionsProps) {
  return (
    <div role="listbox" id={list.id} aria-label="Tools" className={className} style={style} data-testid="tool-options">
      {tools.map((tool, i) => (
        // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the field has the focus and takes the keys
        <div
          key={tool.name}
          role="option"
          id={list.optionId(i)}
          aria-selected={i === list.at}
          className="tool-option"
          data-testid="tool-option"
          data-tool={tool.name}
          onPointerMove={() => list.mark(i)}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => choose(tool)}
        >
          <span className="tool-option-name">{tool.name}</span>
          {tool.needsApproval ? <span className="badge">asks first</span> : null}
          {tool.notForModels === undefined ? null : <span className="badge">{tool.notForModels}</span>}
          <span className="tool-option-what">{tool.description}</span>
        </div>
      ))}
    </div>
  );
}
