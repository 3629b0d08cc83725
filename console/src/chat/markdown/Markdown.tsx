import { memo, useState } from 'react';
import { Windowed } from '../../ui/Windowed.tsx';
import { Blocks, Code } from './Blocks.tsx';
import { estimatedHeight } from './estimate.ts';
import { type Group, MarkdownSource, type Segment, unindented } from './source.ts';

/** Markdown, of any length and while it is being written: what is finished is drawn once, and only near to what is seen. */
export const Markdown = memo(function Markdown({ text }: { readonly text: string }) {
  const [source] = useState(() => new MarkdownSource());
  const groups = source.update(text);
  const { definitions } = source;
  return (
    <div className="markdown">
      {groups.map((group, i) => (
        <Part key={group.id} source={source} group={group} last={i === groups.length - 1} definitions={definitions} />
      ))}
    </div>
  );
});

interface PartProps {
  readonly source: MarkdownSource;
  readonly group: Group;
  readonly last: boolean;
  readonly definitions: string;
}

const Part = memo(function Part({ source, group, last, definitions }: PartProps) {
  const [estimate] = useState(() => group.segments.reduce((sum, { text }) => sum + estimatedHeight(text), 0));
  return (
    <Windowed className="markdown-part" estimate={estimate} first={last}>
      {group.segments.map((segment) => (
        <SegmentView key={segment.id} source={source} segment={segment} definitions={definitions} />
      ))}
    </Windowed>
  );
});

interface SegmentProps {
  readonly source: MarkdownSource;
  readonly segment: Segment;
  readonly definitions: string;
}

const SegmentView = memo(
  function SegmentView({ source, segment, definitions }: SegmentProps) {
    const { text, prefix, code, continued } = segment;
    return (
      <div className="markdown-segment" data-continued={continued}>
        {code === undefined ? (
          <Blocks text={prefix + text} definitions={definitions} />
        ) : (
          <Code
            text={unindented(text.replace(/\n$/, ''), code.indent)}
            lang={code.lang}
            continued={continued}
            whole={() => source.codeOf(code)}
          />
        )}
      </div>
    );
  },
  (a, b) => a.segment.text === b.segment.text && a.definitions === b.definitions,
);
