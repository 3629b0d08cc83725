import { useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { count } from '../ui/format.ts';
import { type DiffLine, type FileChange, linesOf } from './diff.ts';
import { fileUrl } from './files.ts';

/** So many lines are shown until somebody asks for more. */
const shownLines = 40;

const why: Readonly<Record<string, string>> = {
  binary: 'It was no text, so there are no lines to compare.',
  too_large: 'It is too large to be compared.',
};

interface DiffViewProps {
  readonly sessionId: string;
  readonly change: FileChange;
  /** Whether the view holds it shortened. */
  readonly cut: boolean;
}

/** What was changed in a file, line by line. */
export function DiffView({ sessionId, change, cut }: DiffViewProps) {
  const [all, setAll] = useState(false);
  if (change.omitted !== undefined)
    return <p className="hint">{why[change.omitted] ?? 'Its changes are not shown.'}</p>;
  if (change.diff === '') return <p className="hint">Nothing in it has changed.</p>;
  const lines = linesOf(change.diff ?? '');
  const [out, put] = (['out', 'in'] as const).map((kind) => lines.filter((line) => line.kind === kind).length);
  const anew = lines.every((line) => line.before === undefined);
  const hidden = lines.length - shownLines;
  return (
    <figure className="diff" data-testid="result-diff" aria-label={`Changes of ${change.path}`}>
      <figcaption>
        <a className="mono" href={fileUrl(sessionId, change.path)} download={change.path.split('/').at(-1)}>
          {change.path}
        </a>
        {put === 0 ? null : <span data-kind="in">+{put}</span>}
        {out === 0 ? null : <span data-kind="out">−{out}</span>}
        <span className="unseen">{`${count(put ?? 0, 'line')} in, ${count(out ?? 0, 'line')} out`}</span>
      </figcaption>
      {/* biome-ignore lint/a11y/useSemanticElements: it groups no fields */}
      <div
        className="diff-lines"
        role="group"
        aria-label={`Lines of ${change.path}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        tabIndex={0}
      >
        <table>
          <tbody>
            {lines.slice(0, all ? undefined : shownLines).map((line, i) => (
              <Row key={i} line={line} anew={anew} />
            ))}
          </tbody>
        </table>
      </div>
      {hidden > 0 ? (
        <Button
          label={all ? 'Less' : count(hidden, 'more line')}
          kind="quiet"
          className="button-small"
          testId="result-lines"
          aria-expanded={all}
          onClick={() => setAll(!all)}
        />
      ) : null}
      {change.truncated || cut ? <p className="hint">The rest of the changes is not shown.</p> : null}
    </figure>
  );
}

const marks = { out: '−', in: '+', same: '', place: '', note: '' } as const;
const spoken = { out: 'out: ', in: 'in: ', same: '', place: '', note: '' } as const;

function Row({ line, anew }: { readonly line: DiffLine; readonly anew: boolean }) {
  const { kind, text, before, after } = line;
  return (
    <tr data-kind={kind}>
      {anew ? null : <td className="diff-number">{before}</td>}
      <td className="diff-number">{after}</td>
      <td className="diff-text">
        <span aria-hidden="true" className="diff-mark">
          {marks[kind]}
        </span>
        {spoken[kind] === '' ? null : <span className="unseen">{spoken[kind]}</span>}
        {text.replace(/\r$/, '') || ' '}
      </td>
    </tr>
  );
}
