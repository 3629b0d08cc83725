import { type CSSProperties, memo, type ReactNode } from 'react';
import { cssColour, readableOn, type Segment, type Style } from '../ansi.ts';
import type { LineBlock } from './history.ts';

interface LinesProps {
  readonly block: LineBlock;
  /** Lines of the block that something was found in, and where. */
  readonly found?: readonly Found[] | undefined;
}

/** A place in a block's text. */
export interface Found {
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly current: boolean;
}

/** A block of a terminal's lines as text with its looks. Text that has none stays one node, however many lines it has. */
export const Lines = memo(function Lines({ block, found }: LinesProps) {
  const nodes: ReactNode[] = [];
  let text = '';
  const put = (node: ReactNode) => {
    if (text !== '') nodes.push(text);
    text = '';
    nodes.push(node);
  };
  block.lines.forEach((line, row) => {
    let at = 0;
    for (const segment of line) {
      const marks = found?.filter((f) => f.line === row && f.from < at + segment.text.length && f.to > at);
      if (segment.wide === undefined && Object.keys(segment.style).length === 0 && !marks?.length) text += segment.text;
      else put(<Run key={`${row}.${at}`} segment={segment} at={at} marks={marks} />);
      at += segment.text.length;
    }
    text += '\n';
  });
  nodes.push(text);
  return <span className="output-block">{nodes}</span>;
});

interface RunProps {
  readonly segment: Segment;
  readonly at: number;
  readonly marks: readonly Found[] | undefined;
}

function Run({ segment, at, marks }: RunProps) {
  const { text, wide } = segment;
  if (!marks?.length) return <span style={css(segment.style)}>{wide ? widely(text) : text}</span>;
  const parts: ReactNode[] = [];
  let from = 0;
  for (const mark of marks) {
    const [begin, end] = [Math.max(from, mark.from - at), Math.min(text.length, mark.to - at)];
    if (begin > from) parts.push(text.slice(from, begin));
    parts.push(
      <mark key={begin} data-current={mark.current}>
        {text.slice(begin, end)}
      </mark>,
    );
    from = end;
  }
  parts.push(text.slice(from));
  return <span style={css(segment.style)}>{parts}</span>;
}

/** Each character in a box of two columns, whatever font it comes from. */
function widely(text: string): ReactNode {
  return Array.from(clusters(text), (char, i) => (
    <span key={i} className="wide">
      {char}
    </span>
  ));
}

/** Characters with the marks that stand on them. */
function clusters(text: string): readonly string[] {
  return text.match(/\P{M}(?:\p{M}|\u200d|\ufe0f)*/gu) ?? [text];
}

function css(style: Style): CSSProperties {
  const [fg, bg] = style.inverse
    ? [style.bg ?? 'var(--terminal)', style.fg ?? 'var(--terminal-text)']
    : [style.fg ?? readableOn(style.bg), style.bg];
  const decoration = [style.underline ? 'underline' : '', style.strike ? 'line-through' : ''].filter(Boolean).join(' ');
  return {
    ...(fg === undefined ? {} : { color: cssColour(fg) }),
    ...(bg === undefined ? {} : { background: cssColour(bg) }),
    ...(style.bold ? { fontWeight: 600 } : {}),
    ...(style.dim ? { opacity: 0.7 } : {}),
    ...(style.italic ? { fontStyle: 'italic' } : {}),
    ...(decoration === '' ? {} : { textDecoration: decoration }),
  };
}
