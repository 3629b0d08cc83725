import type { Session } from '@toolruntime/client';
import { type FormEvent, useLayoutEffect, useRef, useState } from 'react';
import type { KnownTool } from '../sessions/useTools.ts';
import { Button } from '../ui/Button.tsx';
import { Refusal } from '../ui/Confirm.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { reason } from '../ui/useCommand.ts';
import { CallForm } from './CallForm.tsx';
import { CallTabs } from './CallTabs.tsx';
import { callOf, type PlannedCall, planCall, problemsOf, refusalOf } from './calls.ts';
import type { PickRequest } from './request.ts';
import { ToolSearch } from './ToolSearch.tsx';
import './picker.css';

interface ToolDialogProps {
  readonly session: Session;
  /** `undefined` until they are known, `null` if they can't be had. */
  readonly tools: readonly KnownTool[] | undefined | null;
  readonly request: PickRequest;
  /** Called once the tools have been accepted. */
  readonly ran: () => void;
  readonly closed: () => void;
}

/** Chooses tools, fills in their arguments, and runs them together. */
export default function ToolDialog({ session, tools, request, ran, closed }: ToolDialogProps) {
  const [calls, setCalls] = useState<readonly PlannedCall[]>(() => {
    const tool = tools?.find(({ name }) => name === request.tool);
    return tool === undefined ? [] : [planCall(tool, request.arguments)];
  });
  const [current, setCurrent] = useState<number | undefined>(calls[0]?.id);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const form = useRef<HTMLFormElement>(null);
  const [wrong, setWrong] = useState(0);
  const call = calls.find(({ id }) => id === current);
  // After a try, the first field that is wrong; after a choice, the first there is.
  // biome-ignore lint/correctness/useExhaustiveDependencies: when one of these changes, the focus has to go somewhere
  useLayoutEffect(() => {
    const found =
      form.current?.querySelector<HTMLElement>('[aria-invalid="true"]') ??
      form.current?.querySelector<HTMLElement>(firstField);
    found?.focus();
  }, [current, wrong]);

  const add = (tool: KnownTool) => {
    const planned = planCall(tool);
    setCalls([...calls, planned]);
    setCurrent(planned.id);
    setTried(false);
  };
  const remove = (id: number) => {
    const left = calls.filter((each) => each.id !== id);
    setCalls(left);
    if (id === current) setCurrent(left.at(-1)?.id);
  };
  const change = (draft: PlannedCall['draft']) =>
    setCalls(calls.map((each) => (each.id === current ? { ...each, draft, refused: [] } : each)));

  const run = (close: () => void) => (event: FormEvent) => {
    event.preventDefault();
    if (busy || calls.length === 0) return;
    setTried(true);
    setRefusal(undefined);
    const bad = calls.find((each) => problemsOf({ ...each, refused: [] }).size > 0);
    if (bad !== undefined) {
      setCurrent(bad.id);
      setWrong(wrong + 1);
      return;
    }
    setBusy(true);
    session.runTools(calls.map(callOf)).then(
      () => {
        close();
        ran();
      },
      (error: unknown) => {
        setBusy(false);
        const told = refusalOf(error);
        const about = told === undefined ? undefined : calls[told.index];
        if (told === undefined || about === undefined) return setRefusal(reason(error));
        setCalls(calls.map((each) => (each === about ? { ...each, refused: [told.problem] } : each)));
        setCurrent(about.id);
        setWrong(wrong + 1);
      },
    );
  };
  return (
    <Dialog title="Run a tool" className="tool-dialog" testId="tool-picker" steady={calls.length > 0} closed={closed}>
      {(close) => (
        <form className="tool-dialog-form" noValidate ref={form} onSubmit={run(close)}>
          {calls.length > 1 || (calls.length > 0 && call === undefined) ? (
            <CallTabs calls={calls} current={current} tried={tried} choose={setCurrent} remove={remove} />
          ) : null}
          <div className="dialog-body">
            {call === undefined ? (
              <ToolSearch tools={tools} choose={add} />
            ) : (
              <CallForm key={call.id} call={call} shown={tried} onChange={change} />
            )}
            <Refusal text={refusal} />
          </div>
          {call === undefined ? null : (
            <div className="dialog-foot tool-dialog-foot">
              {calls.length === 1 ? (
                <Button label="Other tool" kind="quiet" testId="tool-picker-back" onClick={() => remove(call.id)} />
              ) : null}
              <Button
                label="Add another call"
                icon="plus"
                kind="quiet"
                testId="tool-picker-add"
                title="All calls run at once, as one batch"
                onClick={() => setCurrent(undefined)}
              />
              <span className="spacer" />
              <button
                type="submit"
                className="button button-primary"
                data-testid="tool-picker-run"
                aria-disabled={busy}
              >
                {calls.length === 1 ? 'Run' : `Run ${calls.length} calls`}
              </button>
            </div>
          )}
        </form>
      )}
    </Dialog>
  );
}

const firstField = '.dialog-body :is(input, textarea, select), [data-testid="tool-picker-run"]';
