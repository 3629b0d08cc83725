import type { OutputStream, OutputTail } from '@toolruntime/client';
import { type CSSProperties, memo, useState } from 'react';
import { bytes } from '../ui/format.ts';
import { cssColour, readableOn, type Segment, type Style } from './ansi.ts';
import { missingAfter } from './appended.ts';
import { type LineBlock, LineBuffer } from './lineBuffer.ts';

interface OutputProps {
  readonly stream: OutputStream;
  readonly attempt: number;
  readonly tail: OutputTail;
  readonly label: string;
}

/** One stream of a tool, its end in view unless the reader has scrolled away from it. */
export function Output({ stream, attempt, tail, label }: OutputProps) {
  const [buffer] = useState(() => new LineBuffer());
  const blocks = buffer.update(attempt, tail);
  const missing = missingAfter(tail);
  return (
    <div className="output" data-stream={stream}>
      {tail.offset > 0 ? <div className="output-note">{`${bytes(tail.offset)} before this`}</div> : null}
      {/* biome-ignore lint/a11y/useSemanticElements: it groups no fields */}
      <div
        className="output-scroll"
        role="group"
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        tabIndex={0}
      >
        <pre className="output-text" data-testid="tool-output" data-stream={stream}>
          {blocks.map((block) => (
            <Block key={block.id} block={block} />
          ))}
        </pre>
      </div>
      {missing > 0 ? <div className="output-note">{`${bytes(missing)} not kept`}</div> : null}
    </div>
  );
}

const Block = memo(function Block({ block }: { readonly block: LineBlock }) {
  const lines: (string | ReturnType<typeof Run>)[] = [];
  let text = '';
  block.lines.forEach((line, row) => {
    line.forEach((segment, column) => {
      if (Object.keys(segment.style).length === 0) {
        text += segment.text;
        return;
      }
      lines.push(text, <Run key={`${row}.${column}`} segment={segment} />);
      text = '';
    });
    text += '\n';
  });
  lines.push(text);
  return <span className="output-block">{lines}</span>;
});

function Run({ segment }: { readonly segment: Segment }) {
  return <span style={css(segment.style)}>{segment.text}</span>;
}

function css(style: Style): CSSProperties {
  const [fg, bg] = style.inverse
    ? [style.bg ?? 'var(--terminal)', style.fg ?? 'var(--terminal-text)']
    : [style.fg ?? readableOn(style.bg), style.bg];
  return {
    ...(fg === undefined ? {} : { color: cssColour(fg) }),
    ...(bg === undefined ? {} : { background: cssColour(bg) }),
    ...(style.bold ? { fontWeight: 600 } : {}),
    ...(style.dim ? { opacity: 0.7 } : {}),
    ...(style.italic ? { fontStyle: 'italic' } : {}),
    ...(style.underline ? { textDecoration: 'underline' } : {}),
  };
}
