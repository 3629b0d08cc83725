import type { Session, ViewExecution } from '@toolruntime/client';
import { type FormEvent, type KeyboardEvent, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { report } from '../ui/report.ts';
import { allowAlways, approveAll } from './approvals.ts';
import { Values } from './Values.tsx';

interface ApprovalProps {
  readonly session: Session;
  readonly executionId: string;
  readonly execution: ViewExecution;
}

/** Asks whether a tool may run with these arguments. Keys, while the focus is here: A approves, D denies, Shift+A approves all of the batch. */
export function Approval({ session, executionId, execution }: ApprovalProps) {
  const [reason, setReason] = useState('');
  const place = useRef<HTMLDivElement>(null);
  useFocusNext(place);
  const given = reason.trim() === '' ? undefined : reason.trim();
  const approve = () => report('Approving', session.approveTool(executionId, given));
  const deny = () => report('Denying', session.denyTool(executionId, given));
  const onKeyDown = (event: KeyboardEvent) => {
    const plain = !(event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement);
    if (!plain) return;
    const batch = session.view.batches[execution.batchId];
    if (event.key === 'a') approve();
    else if (event.key === 'd') deny();
    else if (event.key === 'A' && batch !== undefined) approveAll(session, batch);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys for the buttons inside
    <div className="approval" data-testid="tool-approval" ref={place} onKeyDown={onKeyDown}>
      <p>
        <b>{execution.tool ?? execution.name}</b> wants to run with
      </p>
      <Values session={session} executionId={executionId} execution={execution} values={['arguments']} />
      <input
        className="field"
        aria-label="Reason (optional)"
        placeholder="Reason (optional)"
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <div className="row">
        <Button
          label="Approve"
          icon="check"
          kind="primary"
          testId="tool-approve"
          aria-keyshortcuts="A"
          title="Approve (A)"
          onClick={approve}
        />
        <Button
          label="Deny"
          icon="close"
          kind="danger"
          testId="tool-deny"
          aria-keyshortcuts="D"
          title="Deny (D)"
          onClick={deny}
        />
        <span className="spacer" />
        <Button
          label={`Always allow ${execution.tool ?? execution.name} here`}
          kind="quiet"
          testId="tool-approve-always"
          title={`${execution.tool ?? execution.name} runs in this session without asking from now on; its settings take that back`}
          onClick={() => allowAlways(session, execution.tool ?? execution.name)}
        />
      </div>
    </div>
  );
}

/** When the question goes while it has the focus, the next one gets it, or its own card. */
function useFocusNext(place: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = place.current;
    const card = element?.closest('[data-testid="tool-card"]') ?? null;
    return () => {
      if (element === null || !element.contains(document.activeElement)) return;
      queueMicrotask(() => {
        const next = document.querySelector<HTMLElement>('[data-testid="tool-approve"]');
        (next ?? card?.querySelector<HTMLElement>('.card-fold'))?.focus();
      });
    };
  }, [place]);
}

interface InputProps {
  readonly session: Session;
  readonly executionId: string;
  readonly close: () => void;
}

/** Writes lines to a running tool's standard input. */
export function Input({ session, executionId, close }: InputProps) {
  const [line, setLine] = useState('');
  const send = (event: FormEvent) => {
    event.preventDefault();
    report('Sending input', session.inputTool(executionId, `${line}\n`));
    setLine('');
  };
  return (
    <form className="row" onSubmit={send}>
      <input
        className="field mono"
        aria-label="Line for the tool's standard input"
        placeholder="a line for standard input"
        data-testid="tool-input"
        value={line}
        // biome-ignore lint/a11y/noAutofocus: the reader has just asked to type
        autoFocus
        onChange={(event) => setLine(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') close();
        }}
      />
      <button type="submit" className="button button-plain" data-testid="tool-input-send">
        Send
      </button>
      <Button
        label="End of input"
        kind="quiet"
        testId="tool-input-end"
        onClick={() => {
          report('Ending input', session.endInput(executionId));
          close();
        }}
      />
    </form>
  );
}
