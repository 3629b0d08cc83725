import type { OutputStream, OutputTail, Session, ViewExecution } from '@toolruntime/client';
import { useSessionValue } from '@toolruntime/client/react';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { download } from '../ui/download.ts';
import { report } from '../ui/report.ts';
import { describeArguments } from './describe.ts';
import { Screen } from './Screen.tsx';
import { find, type Match, mostMatches } from './terminal/find.ts';
import { useKeptOutput } from './useKeptOutput.ts';

interface TerminalProps {
  readonly session: Session;
  readonly executionId: string;
  readonly close: () => void;
}

/** All that the server kept of a tool's output, as a terminal shows it, live while the tool runs. */
export function Terminal({ session, executionId, close }: TerminalProps) {
  const live = useSessionValue(session, (s) => s.view.executions[executionId]);
  const [details, setDetails] = useState<ViewExecution>();
  const [stream, setStream] = useState<OutputStream>();
  useEffect(() => {
    report('Reading the output', session.toolDetails(executionId).then(setDetails));
  }, [session, executionId]);
  const streams = (['stdout', 'stderr', 'result'] as const).filter((s) => live?.output[s] ?? details?.output[s]);
  const shown = stream ?? streams[0];
  const attempt = live?.attempt ?? 0;
  return (
    <Dialog
      title={`Output of ${live?.name ?? 'a tool'}`}
      head={
        <>
          <span className="card-what">{live === undefined ? '' : describeArguments(live.arguments)}</span>
          {streams.length > 1
            ? streams.map((s) => (
                <Button
                  key={s}
                  label={s}
                  kind={s === shown ? 'plain' : 'quiet'}
                  className="button-small"
                  aria-pressed={s === shown}
                  onClick={() => setStream(s)}
                />
              ))
            : null}
        </>
      }
      className="output-dialog"
      testId="terminal"
      closed={close}
    >
      {() =>
        shown === undefined || details === undefined ? null : (
          <Stream
            key={`${shown}:${attempt}`}
            name={`${live?.name ?? 'tool'}-${shown}.txt`}
            attempt={attempt}
            kept={details.attempt === attempt ? details.output[shown] : undefined}
            live={live?.output[shown]}
          />
        )
      }
    </Dialog>
  );
}

interface StreamProps {
  /** What a file of it is called. */
  readonly name: string;
  readonly attempt: number;
  readonly kept: OutputTail | undefined;
  readonly live: OutputTail | undefined;
}

function Stream({ name, attempt, kept, live }: StreamProps) {
  const { model, screen } = useKeptOutput(attempt, kept, live);
  const [wrap, setWrap] = useState(true);
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(-1);
  const matches = useMemo(() => find(screen.blocks, query), [screen, query]);
  // The last place first: errors stand at the end.
  const index = matches.length === 0 ? -1 : at < 0 ? matches.length - 1 : Math.min(at, matches.length - 1);
  const step = (by: number) => setAt((index + by + matches.length) % Math.max(1, matches.length));
  return (
    <>
      <div className="screen-bar">
        <Search
          query={query}
          index={index}
          matches={matches}
          step={step}
          search={(text) => {
            setQuery(text);
            setAt(-1);
          }}
        />
        <span className="spacer" />
        <Button
          label="Wrap"
          kind={wrap ? 'plain' : 'quiet'}
          className="button-small"
          aria-pressed={wrap}
          testId="terminal-wrap"
          onClick={() => setWrap(!wrap)}
        />
        <Button
          label="Copy"
          icon="copy"
          kind="quiet"
          className="button-small"
          testId="terminal-copy"
          onClick={() => report('Copying', navigator.clipboard.writeText(model.text()))}
        />
        <Button
          label="Download"
          icon="download"
          kind="quiet"
          className="button-small"
          testId="terminal-download"
          onClick={() => download(name, model.text())}
        />
      </div>
      <Screen blocks={screen.blocks} wrap={wrap} matches={matches} current={matches[index]} />
    </>
  );
}

interface SearchProps {
  readonly query: string;
  readonly index: number;
  readonly matches: readonly Match[];
  readonly search: (text: string) => void;
  readonly step: (by: number) => void;
}

/** Enter goes to the next place, with Shift to the one before. */
function Search({ query, index, matches, search, step }: SearchProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key !== 'f' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      field.current?.select();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    step(event.shiftKey ? -1 : 1);
  };
  const most = matches.length === mostMatches ? '+' : '';
  return (
    <>
      <input
        ref={field}
        type="search"
        className="field"
        aria-label="Search the output"
        placeholder="Search"
        data-testid="terminal-search"
        value={query}
        onChange={(event) => search(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <span className="hint" role="status" data-testid="terminal-matches">
        {query === '' ? '' : `${index + 1} of ${matches.length}${most}`}
      </span>
      <Button
        label="Previous match"
        icon="up"
        iconOnly
        kind="quiet"
        disabled={matches.length === 0}
        onClick={() => step(-1)}
      />
      <Button
        label="Next match"
        icon="down"
        iconOnly
        kind="quiet"
        disabled={matches.length === 0}
        onClick={() => step(1)}
      />
    </>
  );
}
