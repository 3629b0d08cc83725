import type { SessionEvent } from '../wire/events.ts';
import type { View } from '../wire/view.ts';
import { foldApproval, foldBatch, recount } from './batches.ts';
import { ViewDraft } from './draft.ts';
import { foldExecution } from './executions.ts';
import { foldMessage } from './messages.ts';
import { foldProcess } from './processes.ts';
import { dropBatchesOf, trim } from './trim.ts';

/** The view after one more event. Pure; shares with `view` all that the event does not touch, and returns `view` itself if that is everything. */
export function foldView(view: View, event: SessionEvent): View {
  return foldEvents(view, [event]);
}

/** The view after more events, in order: the same as folding them one by one, and much cheaper. */
export function foldEvents(view: View, events: readonly SessionEvent[]): View {
  const draft = new ViewDraft(view);
  const changedBatches = new Set<string>();
  for (const event of events) {
    fold(draft, event, changedBatches);
    if ('title' in event && event.title !== undefined) retitle(draft, event.title);
  }
  for (const batchId of changedBatches) recount(draft, batchId);
  return draft.view;
}

function fold(draft: ViewDraft, event: SessionEvent, changedBatches: Set<string>): void {
  switch (event.type) {
    case 'session.configured':
      return draft.set({ parameters: event.parameters });
    case 'session.shared':
      return draft.set({ members: event.subjects });
    case 'session.renamed':
      return;
    case 'session.reset':
      changedBatches.clear();
      return draft.reset();
    case 'message.created':
    case 'message.started':
    case 'message.delta':
    case 'message.reasoning':
    case 'message.completed':
    case 'message.failed':
    case 'message.edited':
    case 'conversation.state':
      if (foldMessage(draft, event)) trim(draft);
      return;
    case 'message.deleted':
      dropBatchesOf(draft, event.messageId);
      foldMessage(draft, event);
      return;
    case 'batch.started':
    case 'batch.progress':
    case 'batch.paused':
    case 'batch.resumed':
    case 'batch.completed':
    case 'batch.failed':
    case 'batch.timeout':
    case 'batch.cancelled':
      if (foldBatch(draft, event)) trim(draft);
      return;
    case 'tool.approval_required':
    case 'tool.approved':
    case 'tool.started':
    case 'tool.progress':
    case 'tool.output':
    case 'tool.waiting':
    case 'tool.resized':
    case 'tool.taken':
    case 'tool.turn':
    case 'tool.suspended':
    case 'tool.continued':
    case 'tool.ending':
    case 'tool.retry':
    case 'tool.completed':
    case 'tool.failed':
    case 'tool.timeout':
    case 'tool.cancelled': {
      const changed = foldExecution(draft, event);
      if (changed === undefined) return;
      changedBatches.add(changed);
      if (event.type === 'tool.approval_required' || event.type === 'tool.approved')
        foldApproval(draft, event, changed);
      return;
    }
    case 'process.defined':
    case 'process.changed':
    case 'process.removed':
      return foldProcess(draft, event);
    case 'unknown':
      return;
    default:
      return unreachable(event);
  }
}

/** Whatever gives a session a title says so; an empty one takes it away. */
function retitle(draft: ViewDraft, title: string): void {
  const { title: _, ...untitled } = draft.view;
  draft.replace(title === '' ? untitled : { ...untitled, title });
}

function unreachable(event: never): never {
  throw new TypeError(`no fold for ${JSON.stringify(event)}`);
}
