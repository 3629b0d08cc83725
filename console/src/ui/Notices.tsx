import type { Connection, Notice } from '@toolruntime/client';
import { useSyncExternalStore } from 'react';
import { Button } from './Button.tsx';
import { when } from './format.ts';
import { type IconName, icons } from './icons.tsx';
import { dismiss, report, useNotices } from './report.ts';

interface NoticesProps {
  readonly connection: Connection;
  /** The session that is looked at: notices to others are not shown. */
  readonly sessionId: string | undefined;
}

/** Refusals of what the reader asked for, for a few seconds each; and what people and services tell, until it is dismissed or expires. */
export function Notices({ connection, sessionId }: NoticesProps) {
  const local = useNotices();
  const { subscribe, getSnapshot } = connection.notices;
  const all = useSyncExternalStore(subscribe, getSnapshot, getSnapshot);
  const told = all.filter(({ to }) => !('session' in to) || to.session === sessionId);
  const urgent = ({ level }: Notice) => level === 'warning' || level === 'error';
  return (
    <div className="notices">
      <div role="alert" className="notices-of" data-testid="notices">
        {local.map((notice) => (
          <div key={notice.id} className="notice" data-testid="notice">
            <span>{notice.text}</span>
            <Button label="Dismiss" icon="close" iconOnly kind="quiet" onClick={() => dismiss(notice.id)} />
          </div>
        ))}
      </div>
      <div role="alert" className="notices-of" data-testid="urgent-notices">
        {told.filter(urgent).map((notice) => (
          <Told key={notice.id} connection={connection} notice={notice} />
        ))}
      </div>
      <div role="status" className="notices-of" data-testid="other-notices">
        {told
          .filter((notice) => !urgent(notice))
          .map((notice) => (
            <Told key={notice.id} connection={connection} notice={notice} />
          ))}
      </div>
    </div>
  );
}

const levels: Readonly<Record<string, readonly [label: string, icon: IconName, tone: string]>> = {
  success: ['Good news', 'check', 'good'],
  warning: ['Warning', 'warn', 'warn'],
  error: ['Problem', 'warn', 'bad'],
};
const info = ['Notice', 'bell', 'idle'] as const;

/** What somebody tells. Several tabs are in step: each hears from the server what was dismissed in another. */
function Told({ connection, notice }: { readonly connection: Connection; readonly notice: Notice }) {
  const [label, icon, tone] = levels[notice.level] ?? info;
  const from = notice.from === undefined ? '' : ` · ${notice.from}`;
  return (
    <div className="notice notice-told" data-testid="told-notice" data-notice-id={notice.id} data-level={notice.level}>
      <span className="status" data-tone={tone}>
        {icons[icon]}
      </span>
      <span className="notice-text">
        <span className="unseen">{label}: </span>
        {notice.text}
        <span className="hint">
          {when(Date.parse(notice.at))}
          {from}
        </span>
      </span>
      <Button
        label={`Dismiss: ${notice.text}`}
        icon="close"
        iconOnly
        kind="quiet"
        testId="told-notice-dismiss"
        onClick={() => report('Dismissing the notice', connection.notices.dismiss(notice.id))}
      />
    </div>
  );
}
