import type {
  ConversationStateChanged,
  MessageCompleted,
  MessageCreated,
  MessageDeleted,
  MessageDelta,
  MessageEdited,
  MessageFailed,
  MessageReasoning,
  MessageStarted,
} from '../wire/events.ts';
import type { ViewMessage } from '../wire/view.ts';
import type { Draft, ViewDraft } from './draft.ts';
import { unitsOf, utf8Length } from './utf8.ts';

type MessageEvent =
  | MessageCreated
  | MessageStarted
  | MessageDelta
  | MessageReasoning
  | MessageCompleted
  | MessageFailed
  | MessageEdited
  | MessageDeleted
  | ConversationStateChanged;

/** Folds one event about a message; true if a message was added. */
export function foldMessage(draft: ViewDraft, event: MessageEvent): boolean {
  const message = draft.message(event.messageId);
  if (message === undefined) return create(draft, event);
  switch (event.type) {
    case 'message.created':
      return false;
    case 'message.started':
      started(message, event);
      return false;
    case 'message.delta':
      delta(message, event);
      return false;
    case 'message.reasoning':
      reasoning(message, event);
      return false;
    case 'message.completed':
      replaceText(message, event.text);
      if (event.usage !== undefined) message.usage = event.usage;
      return false;
    case 'message.failed':
      message.error = event.error;
      return false;
    case 'message.edited':
      if (event.text !== undefined) replaceText(message, event.text);
      message.edited = true;
      return false;
    case 'message.deleted':
      replaceText(message, '');
      delete message.reasoning;
      message.deleted = true;
      message.batches = [];
      delete message.error;
      return false;
    case 'conversation.state':
      message.state = event.to;
      if (event.to !== 'error') delete message.error;
      pause(message, event);
      return false;
  }
}

function pause(message: Draft<ViewMessage>, event: ConversationStateChanged): void {
  if (event.to === 'completed' || event.to === 'error' || event.to === 'cancelled') delete message.paused;
  else if (event.paused === false) delete message.paused;
  else if (event.paused === true) message.paused = true;
}

function create(draft: ViewDraft, event: MessageEvent): boolean {
  const common = { id: event.messageId, at: event.at, batches: [] };
  if (event.type === 'message.created') {
    const by = event.by === undefined ? {} : { by: event.by };
    draft.addMessage({ ...common, role: event.role, text: event.text, state: 'completed', ...by });
    return true;
  }
  if (event.type === 'conversation.state' && event.from === undefined) {
    draft.addMessage({ ...common, role: 'assistant', text: '', state: event.to });
    return true;
  }
  return false;
}

function started(message: Draft<ViewMessage>, event: MessageStarted): void {
  if (event.round === message.round) {
    const before = (message.roundOffset ?? 0) - (message.textOffset ?? 0);
    if (before < 0) message.textOffset = message.roundOffset ?? 0;
    const kept = unitsOf(message.text, Math.max(0, before));
    setText(message, message.text.slice(0, kept.units), kept.bytes);
  } else {
    message.round = event.round;
    message.roundOffset = (message.textOffset ?? 0) + textBytes(message);
  }
  if (event.model !== undefined) message.model = event.model;
  delete message.reasoning;
}

function delta(message: Draft<ViewMessage>, event: MessageDelta): void {
  const before = textBytes(message);
  const overlap = (message.textOffset ?? 0) + before - (message.roundOffset ?? 0) - event.offset;
  const fresh = overlap > 0 ? event.text.slice(unitsOf(event.text, overlap).units) : event.text;
  if (fresh !== '') setText(message, message.text + fresh, before + utf8Length(fresh));
}

function reasoning(message: Draft<ViewMessage>, event: MessageReasoning): void {
  const before = message.reasoning ?? '';
  const overlap = utf8Length(before) - event.offset;
  message.reasoning = before + (overlap > 0 ? event.text.slice(unitsOf(event.text, overlap).units) : event.text);
}

/** The text measured last: it is the one that grows next, so appending does not count it anew each time. */
let measured = { text: '', bytes: 0 };

function textBytes(message: ViewMessage): number {
  if (message.text !== measured.text) measured = { text: message.text, bytes: utf8Length(message.text) };
  return measured.bytes;
}

function replaceText(message: Draft<ViewMessage>, text: string): void {
  delete message.textOffset;
  setText(message, text);
}

function setText(message: Draft<ViewMessage>, text: string, bytes?: number): void {
  message.text = text;
  if (bytes !== undefined) measured = { text, bytes };
}
