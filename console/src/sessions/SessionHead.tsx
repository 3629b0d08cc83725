import type { Connection, Session } from '@toolruntime/client';
import { useConnection, useSessionValue } from '@toolruntime/client/react';
import { useState } from 'react';
import { navigate, showFiles, showNamed, showReplay, useFilesShown, useNamedShown } from '../app/route.ts';
import { Button } from '../ui/Button.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { SettingsDialog } from './SettingsDialog.tsx';
import { ShareDialog } from './ShareDialog.tsx';
import { drop, newSessionId } from './sessions.ts';
import { usePresent } from './signals.ts';
import { Title } from './Title.tsx';

interface SessionHeadProps {
  readonly connection: Connection;
  readonly session: Session;
  readonly title: string;
}

type Open = 'share' | 'settings' | 'reset' | 'delete';

/** A session's name, who is there, and what can be done with the whole of it. */
export function SessionHead({ connection, session, title }: SessionHeadProps) {
  const [open, setOpen] = useState<Open>();
  const live = useSessionValue(session, (s) => s.loaded && s.status !== 'refused' && s.status !== 'deleted');
  const closed = () => setOpen(undefined);
  const files = useFilesShown() !== undefined;
  const processes = useNamedShown() !== undefined;
  const button = (what: Open, label: string, icon: 'people' | 'settings' | 'eraser' | 'trash') => (
    <Button
      label={label}
      icon={icon}
      iconOnly
      kind="quiet"
      testId={`session-${what}`}
      disabled={!live}
      aria-haspopup="dialog"
      onClick={() => setOpen(what)}
    />
  );
  return (
    <header className="session-head">
      <Title session={session} title={title} live={live} />
      <People connection={connection} session={session} />
      <span className="spacer" />
      <Button
        label="Files of this session"
        icon="folder"
        iconOnly
        kind="quiet"
        testId="session-files"
        disabled={!live}
        aria-expanded={files}
        onClick={() => showFiles(files ? undefined : '')}
      />
      <Button
        label="Processes of this session"
        icon="processes"
        iconOnly
        kind="quiet"
        testId="session-processes"
        disabled={!live}
        aria-expanded={processes}
        onClick={() => showNamed(processes ? undefined : '')}
      />
      <Button
        label="Replay this session"
        icon="replay"
        iconOnly
        kind="quiet"
        testId="session-replay"
        disabled={!live}
        onClick={() => showReplay(session.id, undefined)}
      />
      {button('share', 'Share this session', 'people')}
      {button('settings', 'Settings of this session', 'settings')}
      {button('reset', 'Reset this session', 'eraser')}
      {button('delete', 'Delete this session', 'trash')}
      {open === 'share' ? <ShareDialog session={session} closed={closed} /> : null}
      {open === 'settings' ? <SettingsDialog session={session} closed={closed} /> : null}
      {open === 'reset' ? (
        <Confirm
          title="Reset this session?"
          text="Its messages and the results of its tools are erased for everybody. What runs is cancelled, its processes are removed. Settings and members stay."
          action="Reset"
          send={session.reset}
          closed={closed}
        />
      ) : null}
      {open === 'delete' ? (
        <Confirm
          title="Delete this session?"
          text="It is erased for everybody, with its messages and results. What runs is cancelled."
          action="Delete"
          send={session.delete}
          done={() => {
            drop(session.id);
            navigate(newSessionId(), true);
          }}
          closed={closed}
        />
      ) : null}
    </header>
  );
}

function People({ connection, session }: { readonly connection: Connection; readonly session: Session }) {
  const state = useConnection(connection);
  const me = state.status === 'online' ? state.subject : undefined;
  const owner = useSessionValue(session, (s) => s.view.owner);
  const members = useSessionValue(session, (s) => s.view.members);
  const here = usePresent(session).filter((name) => name !== me);
  const parts = [];
  if (owner !== undefined && me !== undefined && owner !== me) parts.push(`of ${owner}`);
  if (members.length > 0) parts.push(`shared with ${members.length}`);
  if (here.length > 0) parts.push(`here: ${here.join(', ')}`);
  if (parts.length === 0) return null;
  return (
    <span className="session-people" data-testid="session-people" title={members.join(', ')}>
      {parts.join(' · ')}
    </span>
  );
}
