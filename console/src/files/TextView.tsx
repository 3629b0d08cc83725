import { memo, useMemo } from 'react';
import { Windowed } from '../ui/Windowed.tsx';
import { highlighted, type Token } from './highlight.ts';

/** Drawn together. */
const linesAtOnce = 100;
const lineHeight = 19;
/** What is longer is shown plain: colours are not worth the wait. */
const mostHighlighted = 256 * 1024;

interface TextViewProps {
  readonly text: string;
  readonly extension: string;
}

/** A text with the numbers of its lines, of which what is far away is not drawn. */
export const TextView = memo(function TextView({ text, extension }: TextViewProps) {
  const blocks = useMemo(() => {
    const body = text.endsWith('\n') ? text.slice(0, -1) : text;
    const lines = highlighted(body, body.length > mostHighlighted ? '' : extension);
    const count = Math.ceil(lines.length / linesAtOnce);
    return Array.from({ length: count }, (_, i) => lines.slice(i * linesAtOnce, (i + 1) * linesAtOnce));
  }, [text, extension]);
  if (text === '') return <p className="viewer-note">The file is empty.</p>;
  const digits = String(blocks.length * linesAtOnce).length;
  return (
    <div className="source" data-testid="source" style={{ '--digits': digits } as React.CSSProperties}>
      {blocks.map((lines, i) => (
        <Windowed key={i} className="source-block" estimate={lines.length * lineHeight} first={i === 0}>
          <pre className="source-numbers" aria-hidden="true">
            {lines.map((_, at) => i * linesAtOnce + at + 1).join('\n')}
          </pre>
          <pre className="source-lines">
            <code>
              {lines.map((tokens, at) => (
                <Line key={at} tokens={tokens} last={at === lines.length - 1} />
              ))}
            </code>
          </pre>
        </Windowed>
      ))}
    </div>
  );
});

function Line({ tokens, last }: { readonly tokens: readonly Token[]; readonly last: boolean }) {
  return (
    <>
      {tokens.map(({ kind, text }, i) =>
        kind === undefined ? (
          text
        ) : (
          <span key={i} className={`token-${kind}`}>
            {text}
          </span>
        ),
      )}
      {last ? '' : '\n'}
    </>
  );
}
