import type { JsonObject, Session, View, ViewBatch } from '@toolruntime/client';
import { settingsOf } from '../sessions/settings.ts';
import { report } from '../ui/report.ts';
import { batchEnded } from './status.ts';

/** The executions that wait for a person, in call order: of one batch, or of all. */
export function asking(view: View, batch?: ViewBatch): readonly string[] {
  const batches = batch === undefined ? Object.values(view.batches) : [batch];
  return batches
    .filter((each) => !batchEnded(each.state))
    .flatMap((each) => each.executions.filter((id) => view.executions[id]?.state === 'awaiting_approval'));
}

/** Approves all that wait in a batch. */
export function approveAll(session: Session, batch: ViewBatch): void {
  report('Approving', Promise.all(asking(session.view, batch).map((id) => session.approveTool(id))));
}

/** From now on a tool runs in this session without asking; what waits of it is approved with that. */
export function allowAlways(session: Session, tool: string): void {
  const { approvalGranted } = settingsOf(session.view.parameters);
  const parameters: JsonObject = { approvalGranted: [...new Set([...approvalGranted, tool])] };
  report(`Allowing ${tool}`, session.configure(parameters));
}

/** Until when a batch waits for people, epoch milliseconds: its own deadline while something else of it runs. */
export function approvalEnd(batch: ViewBatch, asked: number): number | undefined {
  const onlyPeople = asked > 0 && asked === batch.pending && batch.executing === 0;
  const ends = [batch.deadline, onlyPeople ? batch.approvalDeadline : undefined].map((end) => Date.parse(end ?? ''));
  const latest = Math.max(...ends.filter((end) => !Number.isNaN(end)));
  return Number.isFinite(latest) ? latest : undefined;
}
