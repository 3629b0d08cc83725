import type { JobPriority, JobRequest, JsonObject, Session, ViewExecution } from '@toolruntime/client';
import { type FormEvent, useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { Refusal } from '../ui/Confirm.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { SelectField, Submit, TextField } from '../ui/Field.tsx';
import { useCommand } from '../ui/useCommand.ts';

interface RunAsJobProps {
  readonly session: Session;
  readonly executionId: string;
  readonly execution: ViewExecution;
}

/** Runs a call once more in the background: when and how urgently, a dialog asks. */
export function RunAsJob(props: RunAsJobProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        label="Run as job"
        icon="clock"
        kind="quiet"
        className="button-small"
        testId="tool-job"
        title={`Run ${props.execution.name} with the same arguments in the background`}
        onClick={() => setOpen(true)}
      />
      {open ? <JobDialog {...props} closed={() => setOpen(false)} /> : null}
    </>
  );
}

const priorities: readonly (readonly [JobPriority, string])[] = [
  ['default', 'Normal'],
  ['critical', 'Critical: before the others'],
  ['low', 'Low: behind the others'],
];

/** What is asked of the server, from what was typed. */
export function requestOf(priority: JobPriority, minutes: string, url: string): JobRequest {
  const delayMs = Math.round(Number(minutes.replace(',', '.')) * 60_000);
  return {
    ...(priority === 'default' ? {} : { priority }),
    ...(Number.isFinite(delayMs) && delayMs > 0 ? { delayMs } : {}),
    ...(url.trim() === '' ? {} : { webhook: { url: url.trim() } }),
  };
}

function JobDialog({ session, executionId, execution, closed }: RunAsJobProps & { readonly closed: () => void }) {
  const [priority, setPriority] = useState<JobPriority>('default');
  const [minutes, setMinutes] = useState('');
  const [url, setUrl] = useState('');
  const { busy, error, run } = useCommand();
  const start = async () => {
    // The view may hold the arguments shortened.
    const { name, arguments: given } = await session.toolDetails(executionId);
    await session.runTools([{ tool: name, arguments: given as JsonObject }], {
      job: requestOf(priority, minutes, url),
    });
  };
  return (
    <Dialog title={`Run ${execution.name} as a job`} className="dialog-small" testId="job-dialog" closed={closed}>
      {(close) => (
        <form
          className="dialog-body job-form"
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            run(start, close);
          }}
        >
          <TextField
            label="Start in minutes"
            testId="job-delay"
            inputMode="decimal"
            placeholder="now"
            value={minutes}
            change={setMinutes}
          />
          <SelectField
            label="Priority"
            testId="job-priority"
            options={priorities}
            value={priority}
            change={setPriority}
          />
          <TextField
            label="Tell this address of its end (optional)"
            testId="job-webhook"
            type="url"
            placeholder="https://"
            value={url}
            change={setUrl}
          />
          <Refusal text={error} />
          <div className="dialog-foot">
            <Button label="Cancel" kind="quiet" onClick={close} />
            <Submit label="Run" testId="job-start" disabled={busy} />
          </div>
        </form>
      )}
    </Dialog>
  );
}
