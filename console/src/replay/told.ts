import type { SessionEvent, View } from '@toolruntime/client';
import { bytes } from '../ui/format.ts';

/** An event in a few words. */
export function told(event: SessionEvent | undefined, view: View): string {
  if (event === undefined) return '';
  const tool = view.executions[event.executionId ?? '']?.name ?? 'A tool';
  switch (event.type) {
    case 'message.created':
      return 'A message';
    case 'message.started':
    case 'message.delta':
    case 'message.reasoning':
      return 'The reply is written';
    case 'conversation.state':
      return `The reply is ${event.to.replaceAll('_', ' ')}`;
    case 'message.completed':
      return 'The reply is done';
    case 'message.failed':
      return 'The reply failed';
    case 'batch.started':
      return event.tools.length === 1 ? 'A tool is called' : `${event.tools.length} tools are called`;
    case 'tool.started':
      return event.attempt > 1 ? `${tool} starts again, attempt ${event.attempt}` : `${tool} starts`;
    case 'tool.progress':
      return `${tool}: ${event.stage}`;
    case 'tool.output':
      return `${tool} prints ${bytes(event.text?.length ?? Math.floor(((event.base64?.length ?? 0) * 3) / 4))}`;
    case 'tool.approval_required':
      return `${tool} needs approval`;
    case 'tool.approved':
      return `${tool} is approved`;
    case 'tool.retry':
      return `${tool} failed and is tried again`;
    case 'tool.completed':
      return `${tool} is done`;
    case 'tool.failed':
      return `${tool} failed`;
    case 'tool.timeout':
      return `${tool} ran out of time`;
    case 'tool.cancelled':
      return `${tool} was cancelled`;
    default:
      return event.type === 'unknown' ? event.wireType : event.type;
  }
}
