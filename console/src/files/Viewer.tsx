import { useEffect, useRef, useState } from 'react';
import { Markdown } from '../chat/markdown/Markdown.tsx';
import { Button } from '../ui/Button.tsx';
import { bytes, when } from '../ui/format.ts';
import { icons } from '../ui/icons.tsx';
import { reason } from '../ui/useCommand.ts';
import { Viewport, ViewportContext } from '../ui/viewport.ts';
import { contentPath, type Entry, nameOf, readBeginning } from './api.ts';
import { extensionOf, kindOf, pictureType, textOf } from './kinds.ts';
import { TextView } from './TextView.tsx';

/** So much of a text, and of a picture, is read. */
const textBytes = 512 * 1024;
const pictureBytes = 24 * 1024 * 1024;

/** What there is to show of a file. */
type Shown =
  | { readonly kind: 'text' | 'markdown'; readonly text: string; readonly size: number; readonly whole: boolean }
  | { readonly kind: 'picture'; readonly url: string }
  | { readonly kind: 'nothing'; readonly why: string };

interface ViewerProps {
  readonly session: string;
  readonly path: string;
  /** As the tree has it; absent where it has none, or not yet. */
  readonly entry: Entry | undefined;
  readonly shut: () => void;
}

/** A file, shown as what it is, anew whenever it changes. */
export function Viewer({ session, path, entry, shut }: ViewerProps) {
  const shown = useShown(session, path, `${entry?.changedAt} ${entry?.bytes}`);
  const [source, setSource] = useState(false);
  const scroller = useRef<HTMLElement>(null);
  const [viewport] = useState(() => new Viewport(() => scroller.current));
  const name = nameOf(path);
  return (
    <article className="viewer" aria-label={name} data-testid="viewer" data-kind={shown?.kind}>
      <header className="viewer-head">
        <Button label="Back to the files" icon="right" iconOnly kind="quiet" className="viewer-back" onClick={shut} />
        <h3 title={path}>{name}</h3>
        <span className="viewer-facts">
          {entry?.bytes === undefined ? '' : bytes(entry.bytes)}
          {entry?.changedAt === undefined ? '' : ` · ${when(entry.changedAt)}`}
        </span>
        {shown?.kind === 'markdown' ? (
          <Button
            label={source ? 'Preview' : 'Source'}
            className="button-small"
            testId="viewer-source"
            onClick={() => setSource(!source)}
          />
        ) : null}
        <a
          className="button button-quiet button-icon"
          href={contentPath(session, path)}
          download={name}
          aria-label={`Download ${name}`}
          title={`Download ${name}`}
          data-testid="viewer-download"
        >
          {icons.download}
        </a>
        <Button label={`Close ${name}`} icon="close" iconOnly kind="quiet" testId="viewer-close" onClick={shut} />
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <section className="viewer-body" ref={scroller} tabIndex={0} aria-label={`Content of ${name}`}>
        <ViewportContext value={viewport}>
          {shown === undefined ? null : <Body shown={shown} name={name} source={source} />}
        </ViewportContext>
      </section>
    </article>
  );
}

function Body({ shown, name, source }: { readonly shown: Shown; readonly name: string; readonly source: boolean }) {
  switch (shown.kind) {
    case 'picture':
      return <Picture url={shown.url} name={name} />;
    case 'nothing':
      return <p className="viewer-note">{shown.why}</p>;
    default:
      return (
        <>
          {shown.whole ? null : (
            <p className="viewer-note">
              The first {bytes(textBytes)} of {bytes(shown.size)} are shown. Download it to see all of it.
            </p>
          )}
          {shown.kind === 'markdown' && !source ? (
            <div className="viewer-markdown">
              <Markdown text={shown.text} />
            </div>
          ) : (
            <TextView text={shown.text} extension={extensionOf(name)} />
          )}
        </>
      );
  }
}

function Picture({ url, name }: { readonly url: string; readonly name: string }) {
  const [broken, setBroken] = useState('');
  if (broken === url) return <p className="viewer-note">This is no picture that the browser can show.</p>;
  return (
    <div className="viewer-picture">
      <img src={url} alt={name} data-testid="viewer-picture" onError={() => setBroken(url)} />
    </div>
  );
}

/** What is shown stays until what has become of it is there. */
function useShown(session: string, path: string, version: string): Shown | undefined {
  const [shown, setShown] = useState<Shown>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version is read anew
  useEffect(() => {
    const asked = new AbortController();
    load(session, path, asked.signal).then(setShown, (why: unknown) => {
      if (!asked.signal.aborted) setShown({ kind: 'nothing', why: reason(why) });
    });
    return () => asked.abort();
  }, [session, path, version]);
  useEffect(() => {
    if (shown?.kind !== 'picture') return undefined;
    return () => URL.revokeObjectURL(shown.url);
  }, [shown]);
  return shown;
}

async function load(session: string, path: string, signal: AbortSignal): Promise<Shown> {
  const kind = kindOf(path);
  const most = kind === 'picture' ? pictureBytes : textBytes;
  const { bytes: read, size } = await readBeginning(session, path, most, signal);
  const whole = read.length >= size;
  if (kind === 'picture') {
    if (!whole)
      return { kind: 'nothing', why: `A picture of ${bytes(size)} is too large to be shown here. Download it.` };
    return { kind, url: URL.createObjectURL(new Blob([read], { type: pictureType(path) })) };
  }
  const text = textOf(read, whole);
  if (text === undefined) return { kind: 'nothing', why: `A binary file of ${bytes(size)}. Download it to open it.` };
  return { kind, text, size, whole };
}
