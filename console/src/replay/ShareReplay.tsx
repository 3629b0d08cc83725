import { type FormEvent, useEffect, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { Refusal } from '../ui/Confirm.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { SelectField, Submit, TextField } from '../ui/Field.tsx';
import { when } from '../ui/format.ts';
import { notify, report } from '../ui/report.ts';
import { useCommand } from '../ui/useCommand.ts';
import { listShares, makeShare, revokeShare, type Share } from './shares.ts';

interface ShareReplayProps {
  readonly session: string;
  readonly execution: string | undefined;
  /** The moment that the replay is at. */
  readonly seq: number | undefined;
  readonly closed: () => void;
}

const ranges = ['whole', 'until', 'since'] as const;
type Range = (typeof ranges)[number];

const expiries = [
  ['1', 'In an hour'],
  ['24', 'In a day'],
  ['168', 'In a week'],
  ['720', 'In 30 days'],
] as const;
type Expiry = (typeof expiries)[number][0];

/** Makes links to a replay for people without a key, and ends them. */
export function ShareReplay({ session, execution, seq, closed }: ShareReplayProps) {
  const [range, setRange] = useState<Range>('whole');
  const [expiry, setExpiry] = useState<Expiry>('168');
  const [label, setLabel] = useState('');
  const [follow, setFollow] = useState(false);
  const [open, setOpen] = useState(false);
  const [link, setLink] = useState<string>();
  const { shares, reload } = useShares(session);
  const { busy, error, run } = useCommand();
  const what = execution === undefined ? 'the session' : 'the tool';
  const make = (event: FormEvent) => {
    event.preventDefault();
    const place = open && seq !== undefined ? `?at=${seq}` : '';
    run(
      async () => {
        const path = await makeShare(session, {
          ...(execution === undefined ? {} : { execution }),
          ...(range === 'since' && seq !== undefined ? { from: seq } : {}),
          ...(range === 'until' && seq !== undefined ? { to: seq } : {}),
          ...(follow && range !== 'until' ? { follow } : {}),
          ...(label.trim() === '' ? {} : { label: label.trim() }),
          expiresInHours: Number(expiry),
        });
        setLink(new URL(path + place, location.href).href);
      },
      () => reload(),
    );
  };
  return (
    <Dialog title="Share this replay" className="dialog-small" testId="share-replay" closed={closed}>
      {(close) => (
        <form className="dialog-body" onSubmit={make}>
          <p className="hint">
            Whoever has the link sees it without a key, and nothing else. Keys and passwords are taken out where they
            are recognised: look at it yourself before you send it.
          </p>
          <SelectField
            label="What is shared"
            testId="share-replay-range"
            options={ranges.map((each) => [each, rangeLabels(what)[each]] as const)}
            value={range}
            change={setRange}
          />
          <SelectField
            label="It expires"
            testId="share-replay-expiry"
            options={expiries}
            value={expiry}
            change={setExpiry}
          />
          <TextField
            label="For what (only you see it)"
            testId="share-replay-label"
            maxLength={200}
            value={label}
            change={setLabel}
          />
          {execution === undefined && range !== 'until' ? (
            <label className="check">
              <input
                type="checkbox"
                data-testid="share-replay-follow"
                checked={follow}
                onChange={(event) => setFollow(event.target.checked)}
              />
              Also what will happen in the session from now on
            </label>
          ) : null}
          <label className="check">
            <input
              type="checkbox"
              data-testid="share-replay-open"
              checked={open}
              disabled={seq === undefined}
              onChange={(event) => setOpen(event.target.checked)}
            />
            Open it at the moment that is shown now
          </label>
          <Refusal text={error} />
          {link === undefined ? null : <NewLink link={link} />}
          <Links session={session} shares={shares} reload={reload} />
          <div className="dialog-foot">
            <Button label="Done" testId="share-replay-done" onClick={close} />
            <Submit label="Make a link" testId="share-replay-make" disabled={busy} />
          </div>
        </form>
      )}
    </Dialog>
  );
}

function rangeLabels(what: string): Record<Range, string> {
  return {
    whole: `All of ${what}`,
    until: 'Up to the moment that is shown now',
    since: 'From the moment that is shown now on',
  };
}

/** A link is told once: the server keeps none. */
function NewLink({ link }: { readonly link: string }) {
  const copy = () =>
    report(
      'Copying',
      navigator.clipboard.writeText(link).then(() => notify('The link was copied.')),
    );
  return (
    <div className="share-new" role="status">
      <div className="row">
        <input
          className="field"
          aria-label="The link"
          data-testid="share-replay-link"
          readOnly
          value={link}
          onFocus={(event) => event.target.select()}
        />
        <Button label="Copy" icon="link" kind="primary" testId="share-replay-copy" onClick={copy} />
      </div>
      <p className="hint">Copy it now: it is not shown again.</p>
    </div>
  );
}

interface LinksProps {
  readonly session: string;
  readonly shares: readonly Share[] | undefined;
  readonly reload: () => void;
}

function Links({ session, shares, reload }: LinksProps) {
  const { busy, error, run } = useCommand();
  if (shares === undefined || shares.length === 0) return null;
  return (
    <>
      <h3 className="label">Links to this session</h3>
      <Refusal text={error} />
      <ul className="people" aria-label="Links to this session">
        {shares.map((share) => (
          <li key={share.shareId} data-testid="share-replay-item">
            <span>
              {share.label ?? reach(share)}
              <small className="hint">
                {share.label === undefined ? '' : `${reach(share)}, `}
                {`by ${share.by}, until ${when(share.expiresAt)}`}
              </small>
            </span>
            <Button
              label="Revoke"
              testId="share-replay-revoke"
              aria-label={`Revoke the link ${share.label ?? reach(share)}`}
              disabled={busy}
              onClick={() => run(() => revokeShare(session, share.shareId), reload)}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

function reach({ executionId, from, to }: Share): string {
  const what = executionId === undefined ? 'The session' : 'A tool';
  if (from !== undefined)
    return to === undefined ? `${what} from event ${from} on` : `${what}, events ${from} to ${to}`;
  if (to !== undefined) return `${what} up to event ${to}`;
  return executionId === undefined ? `${what}, and what comes` : what;
}

function useShares(session: string) {
  const [shares, setShares] = useState<readonly Share[]>();
  const [asked, setAsked] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew each time that something was changed
  useEffect(() => {
    const stop = new AbortController();
    listShares(session, stop.signal).then(setShares, () => {
      if (!stop.signal.aborted) setShares(undefined);
    });
    return () => stop.abort();
  }, [session, asked]);
  return { shares, reload: () => setAsked((count) => count + 1) };
}
