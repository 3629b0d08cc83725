import { Button } from './Button.tsx';
import { dismiss, useNotices } from './report.ts';

/** Refusals of what the reader asked for, for a few seconds each. */
export function Notices() {
  const notices = useNotices();
  return (
    <div className="notices" role="alert" data-testid="notices">
      {notices.map((notice) => (
        <div key={notice.id} className="notice" data-testid="notice">
          <span>{notice.text}</span>
          <Button label="Dismiss" icon="close" iconOnly kind="quiet" onClick={() => dismiss(notice.id)} />
        </div>
      ))}
    </div>
  );
}
