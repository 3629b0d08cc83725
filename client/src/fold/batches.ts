import type { BatchEnded, BatchPaused, BatchProgressed, BatchStarted, ToolApprovalRequired } from '../wire/events.ts';
import type { BatchState, ExecutionState, ViewBatch } from '../wire/view.ts';
import type { Draft, ViewDraft } from './draft.ts';
import { shorten } from './shorten.ts';

type BatchEvent = BatchStarted | BatchProgressed | BatchPaused | BatchEnded;
type Counter = 'completed' | 'failed' | 'executing' | 'pending';

const endStates: Readonly<Record<BatchEnded['type'], BatchState>> = {
  'batch.completed': 'completed',
  'batch.failed': 'failed',
  'batch.timeout': 'timed_out',
  'batch.cancelled': 'cancelled',
};

const counters: Readonly<Record<ExecutionState, Counter>> = {
  pending: 'pending',
  awaiting_approval: 'pending',
  executing: 'executing',
  backoff: 'executing',
  completed: 'completed',
  failed: 'failed',
  timed_out: 'failed',
  cancelled: 'failed',
};

/** Folds one event about a batch; true if a batch was added. */
export function foldBatch(draft: ViewDraft, event: BatchEvent): boolean {
  if (event.type === 'batch.started') return start(draft, event);
  const batch = draft.batch(event.batchId);
  if (batch === undefined) return false;
  switch (event.type) {
    case 'batch.progress':
      batch.progress = {
        percent: event.percent,
        elapsedMs: event.elapsedMs,
        ...(event.etaMs === undefined ? {} : { etaMs: event.etaMs }),
      };
      if (batch.leftOut !== undefined) Object.assign(batch, countersOf(event));
      return false;
    case 'batch.paused':
    case 'batch.resumed':
      batch.state = event.type === 'batch.paused' ? 'paused' : 'executing';
      if (event.deadline !== undefined) moveDeadline(batch, event.deadline);
      return false;
    default:
      batch.state = endStates[event.type];
      batch.endedAt = event.at;
      if (batch.leftOut !== undefined) Object.assign(batch, countersOf(event));
      return false;
  }
}

/** What the server counted; of a batch that is not wholly in the view there is nothing else to go by. */
function countersOf(event: BatchProgressed | BatchEnded): Pick<ViewBatch, Counter> {
  if (event.type === 'batch.progress') {
    const { completed, failed, executing, pending } = event;
    return { completed, failed, executing, pending };
  }
  const failed = event.failed + event.timedOut + event.cancelled;
  return { completed: event.successful, failed, executing: 0, pending: 0 };
}

/** A pause takes nothing from the time that people have to approve either. */
function moveDeadline(batch: Draft<ViewBatch>, deadline: string): void {
  if (batch.approvalDeadline !== undefined && batch.deadline !== undefined) {
    const by = Date.parse(deadline) - Date.parse(batch.deadline);
    batch.approvalDeadline = new Date(Date.parse(batch.approvalDeadline) + by).toISOString();
  }
  batch.deadline = deadline;
}

/** Notes until when a batch waits for people, and what its deadline is once it need not any more. */
export function foldApproval(draft: ViewDraft, event: ToolApprovalRequired, batchId: string): void {
  const batch = event.deadline === undefined ? undefined : draft.batch(batchId);
  if (batch === undefined || event.deadline === undefined) return;
  if (event.type === 'tool.approved') batch.deadline = event.deadline;
  else batch.approvalDeadline = event.deadline;
}

function start(draft: ViewDraft, event: BatchStarted): boolean {
  if (draft.view.batches[event.batchId] !== undefined) return false;
  const message = event.messageId === undefined ? undefined : draft.message(event.messageId);
  if (event.messageId !== undefined && message === undefined) return false;
  if (message !== undefined) message.batches = [...message.batches, event.batchId];
  const batch: ViewBatch = {
    state: 'executing',
    ...(event.messageId === undefined ? {} : { messageId: event.messageId }),
    ...(event.deadline === undefined ? {} : { deadline: event.deadline }),
    total: event.total,
    completed: 0,
    failed: 0,
    executing: 0,
    pending: event.tools.length,
    startedAt: event.at,
    executions: event.tools.map((tool) => tool.executionId),
    ...(event.job === undefined ? {} : { job: event.job }),
  };
  draft.putBatch(event.batchId, batch);
  for (const tool of event.tools) {
    const shown = shorten(tool.arguments);
    draft.putExecution(tool.executionId, {
      batchId: event.batchId,
      callId: tool.callId,
      index: tool.index,
      name: tool.name,
      arguments: shown,
      state: 'pending',
      attempt: 0,
      output: {},
      ...(tool.input === true ? { input: true } : {}),
      ...(tool.terminal === undefined ? {} : { terminal: tool.terminal }),
      ...(shown === tool.arguments ? {} : { shortened: ['arguments'] }),
    });
  }
  return true;
}

/** Counts a batch's executions anew, if all of them are there. */
export function recount(draft: ViewDraft, batchId: string): void {
  const batch = draft.batch(batchId);
  if (batch === undefined || batch.leftOut !== undefined) return;
  const counts = { completed: 0, failed: 0, executing: 0, pending: 0 };
  for (const id of batch.executions) {
    const execution = draft.view.executions[id];
    if (execution !== undefined) counts[counters[execution.state] ?? 'pending']++;
  }
  Object.assign(batch, counts);
}
