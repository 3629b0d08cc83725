import { memo, useEffect, useMemo, useRef, useState } from 'react';
import { Viewport, ViewportContext } from '../ui/viewport.ts';
import { Windowed } from '../ui/Windowed.tsx';
import { whenThere } from '../ui/whenThere.ts';
import type { Match } from './terminal/find.ts';
import type { LineBlock } from './terminal/history.ts';
import { type Found, Lines } from './terminal/Lines.tsx';

interface ScreenProps {
  readonly blocks: readonly LineBlock[];
  readonly wrap: boolean;
  readonly matches: readonly Match[];
  /** The place to show, among the matches. */
  readonly current: Match | undefined;
}

/** Pixels of a line that is not wrapped, as the style sheet has it. */
const lineHeight = 18;

/** All lines of a terminal, those near to what is seen as text. Its end stays in view unless the reader has scrolled away from it. */
export function Screen({ blocks, wrap, matches, current }: ScreenProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [viewport] = useState(() => new Viewport(() => scroller.current));
  const byBlock = useMemo(() => grouped(matches), [matches]);
  useEffect(() => {
    if (current === undefined) return undefined;
    const block = scroller.current?.querySelector(`[data-block="${current.block}"]`);
    // First its block, which may not be drawn yet, then the place itself.
    block?.scrollIntoView({ block: 'nearest' });
    if (!block) return undefined;
    return whenThere(block, 'mark[data-current=true]', (mark) => {
      mark.scrollIntoView({ block: 'center', inline: 'nearest' });
    });
  }, [current]);
  return (
    <ViewportContext value={viewport}>
      {/* biome-ignore lint/a11y/useSemanticElements: it groups no fields */}
      <div
        ref={scroller}
        className="screen"
        data-testid="terminal-screen"
        data-wrap={wrap}
        role="group"
        aria-label="Output"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        tabIndex={0}
      >
        <div className="screen-text">
          {blocks.map((block, i) => (
            <Part
              key={block.id}
              block={block}
              first={i >= blocks.length - 2}
              matches={byBlock.get(block.id)}
              current={current?.block === block.id ? current : undefined}
            />
          ))}
        </div>
      </div>
    </ViewportContext>
  );
}

function grouped(matches: readonly Match[]): ReadonlyMap<number, readonly Match[]> {
  const groups = new Map<number, Match[]>();
  for (const match of matches) {
    const group = groups.get(match.block);
    if (group === undefined) groups.set(match.block, [match]);
    else group.push(match);
  }
  return groups;
}

interface PartProps {
  readonly block: LineBlock;
  readonly first: boolean;
  readonly matches: readonly Match[] | undefined;
  readonly current: Match | undefined;
}

const Part = memo(
  function Part({ block, first, matches, current }: PartProps) {
    const found: Found[] | undefined = matches?.map((match) => ({ ...match, current: match === current }));
    return (
      <Windowed estimate={block.lines.length * lineHeight} first={first} data-block={block.id}>
        <Lines block={block} found={found} />
      </Windowed>
    );
  },
  (a, b) => a.block === b.block && a.current === b.current && sameMatches(a.matches, b.matches),
);

function sameMatches(a: readonly Match[] | undefined, b: readonly Match[] | undefined): boolean {
  return a === b || (a?.length === b?.length && a?.every((match, i) => match === b?.[i]) === true);
}
