import { asObject, DecodeError, number, optText, text, texts } from './fields.ts';
import type { JsonObject } from './json.ts';

/** How urgent a notice is; a level of a newer server comes as it is. */
export type NoticeLevel = 'info' | 'success' | 'warning' | 'error' | (string & {});

/** Whom a notice is for. */
export type NoticeTarget =
  | { readonly session: string }
  | { readonly user: string }
  | { readonly tenant: string }
  | { readonly everybody: true };

/** What somebody tells those who look at the page. */
export interface Notice {
  readonly id: string;
  readonly to: NoticeTarget;
  /** Plain text. */
  readonly text: string;
  readonly level: NoticeLevel;
  /** Who posted it; absent where that is somebody of another tenant. */
  readonly from?: string;
  /** When it was posted; ISO 8601. */
  readonly at: string;
  /** Until when it is shown, by the server's clock. */
  readonly expiresAt: string;
}

/** A notice for whoever is connected here. */
export interface NoticeFrame {
  readonly type: 'notice';
  readonly notice: Notice;
  /** Milliseconds that are left until it expires. */
  readonly ttlMs: number;
}

/** Notices that were dismissed, here or elsewhere, or withdrawn, or are of a session that is not open any more. */
export interface NoticesGoneFrame {
  readonly type: 'notices.gone';
  readonly ids: readonly string[];
}

export function decodeNoticeFrame(o: JsonObject): NoticeFrame {
  return { type: 'notice', notice: decodeNotice(asObject(o.notice, 'notice')), ttlMs: number(o, 'ttlMs') };
}

export function decodeNoticesGone(o: JsonObject): NoticesGoneFrame {
  return { type: 'notices.gone', ids: texts(o, 'ids') };
}

/** A notice, as in frames and in `GET /v1/notices`. Throws {@link DecodeError}. */
export function decodeNotice(o: JsonObject): Notice {
  return {
    id: text(o, 'id'),
    to: target(asObject(o.to, 'to')),
    text: text(o, 'text'),
    level: text(o, 'level'),
    ...optText(o, 'from'),
    at: text(o, 'at'),
    expiresAt: text(o, 'expiresAt'),
  };
}

function target(to: JsonObject): NoticeTarget {
  if (typeof to.session === 'string') return { session: to.session };
  if (typeof to.user === 'string') return { user: to.user };
  if (typeof to.tenant === 'string') return { tenant: to.tenant };
  if (to.everybody === true) return { everybody: true };
  throw new DecodeError('to names nobody');
}
