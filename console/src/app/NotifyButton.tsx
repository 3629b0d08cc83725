import { useState } from 'react';
import { Button } from '../ui/Button.tsx';
import { notificationState } from './endNotice.ts';

/** Asks for the permission to notify; gone once that is settled. */
export function NotifyButton() {
  const [state, setState] = useState(notificationState);
  if (state !== 'default') return null;
  return (
    <Button
      label="Notify me when long work ends"
      icon="bell"
      iconOnly
      kind="quiet"
      testId="notify"
      onClick={() => void Notification.requestPermission().then(setState)}
    />
  );
}
