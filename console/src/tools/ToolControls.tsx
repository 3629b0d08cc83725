import type { Session, ViewExecution } from '@toolruntime/client';
import { type FormEvent, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { report } from '../ui/report.ts';
import { Values } from './Values.tsx';

interface ApprovalProps {
  readonly session: Session;
  readonly executionId: string;
  readonly execution: ViewExecution;
}

/** Asks whether a tool may run with these arguments. */
export function Approval({ session, executionId, execution }: ApprovalProps) {
  const [reason, setReason] = useState('');
  const given = reason.trim() === '' ? undefined : reason.trim();
  return (
    <div className="approval" data-testid="tool-approval">
      <p>
        <b>{execution.name}</b> wants to run with
      </p>
      <Values session={session} executionId={executionId} execution={execution} values={['arguments']} />
      <div className="row">
        <input
          className="field"
          aria-label="Reason (optional)"
          placeholder="Reason (optional)"
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <Button
          label="Approve"
          icon="check"
          kind="primary"
          testId="tool-approve"
          onClick={() => report('Approving', session.approveTool(executionId, given))}
        />
        <Button
          label="Deny"
          icon="close"
          kind="danger"
          testId="tool-deny"
          onClick={() => report('Denying', session.denyTool(executionId, given))}
        />
      </div>
    </div>
  );
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
