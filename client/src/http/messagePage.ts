import { decodeMessage } from '../wire/decodeView.ts';
import { asArray } from '../wire/fields.ts';
import type { JsonObject } from '../wire/json.ts';
import type { ViewMessage } from '../wire/view.ts';

/** Which messages to read. */
export interface MessagePageOptions {
  /** Those before this one. Default: the newest. */
  readonly before?: string;
  /** At most so many, 1 to 200. Default 50. Very long messages may make it fewer. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/** A part of a session's messages, oldest first. */
export interface MessagePage {
  readonly messages: readonly ViewMessage[];
  /** Whether the server keeps older ones. */
  readonly more: boolean;
}

/** The path of a page. @internal */
export function messagePagePath(session: string, { before, limit }: MessagePageOptions): string {
  const query = new URLSearchParams();
  if (before !== undefined) query.set('before', before);
  if (limit !== undefined) query.set('limit', String(limit));
  const search = query.toString();
  return `/v1/sessions/${encodeURIComponent(session)}/messages${search === '' ? '' : `?${search}`}`;
}

/** Reads a page. Throws {@link DecodeError}. */
export function decodeMessagePage(json: JsonObject): MessagePage {
  return { messages: asArray(json.messages, 'messages').map(decodeMessage), more: json.more === true };
}
