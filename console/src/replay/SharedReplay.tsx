import './shared.css';
import { useEffect, useMemo, useState } from 'react';
import { connection } from '../app/connection.ts';
import { atOf, type ReplayPlace } from '../app/route.ts';
import { Button } from '../ui/Button.tsx';
import { when } from '../ui/format.ts';
import { Notices } from '../ui/Notices.tsx';
import { notify, report } from '../ui/report.ts';
import { Replay } from './Replay.tsx';
import { findShared, type SharedWhat } from './shares.ts';

/** What a link leads to, alone on its page: nothing else of the server is asked for, and no key. */
export function SharedReplay({ token }: { readonly token: string }) {
  const [what, setWhat] = useState<SharedWhat>();
  const [problem, setProblem] = useState<string>();
  const [at] = useState(() => atOf(location.search));
  useEffect(() => {
    const stop = new AbortController();
    findShared(token, stop.signal).then(setWhat, (error: unknown) => {
      if (!stop.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
    });
    return () => stop.abort();
  }, [token]);
  const execution = what?.executionId;
  const place = useMemo<ReplayPlace>(() => ({ execution, at, shared: token }), [execution, at, token]);
  return (
    <div className="app shared" data-testid="shared">
      <a className="skip" href="#replay">
        Skip to the replay
      </a>
      <header className="top">
        <h1>Tool runtime</h1>
        <span className="spacer" />
        {what === undefined ? null : <Reach what={what} token={token} />}
      </header>
      {problem === undefined ? null : (
        <main className="chat shared-problem" role="alert" data-testid="shared-problem">
          <h2>This link shows nothing</h2>
          <p>{problem}</p>
        </main>
      )}
      {what === undefined && problem === undefined ? <p className="hint">…</p> : null}
      {what === undefined ? null : <Replay session="" place={place} />}
      <Notices connection={connection} sessionId={undefined} />
    </div>
  );
}

function Reach({ what, token }: { readonly what: SharedWhat; readonly token: string }) {
  const copy = () => {
    const address = new URL(`/v1/shared/${token}/live`, location.href.replace(/^http/, 'ws')).href;
    report(
      'Copying',
      navigator.clipboard.writeText(address).then(() => notify('The address for asciinema’s player was copied.')),
    );
  };
  return (
    <>
      <span className="hint" data-testid="shared-until">{`Shared until ${when(what.expiresAt)}`}</span>
      {what.follows && what.executionId !== undefined ? (
        <Button label="Copy the live address" icon="link" kind="quiet" testId="shared-live" onClick={copy} />
      ) : null}
    </>
  );
}
