import type { Connection, ConnectionState } from '@toolruntime/client';
import { useConnection } from '@toolruntime/client/react';
import { Button } from '../ui/Button.tsx';
import { useNow } from '../ui/useNow.ts';

/** Whether the page is connected; if it is not, why, and when it tries again. */
export function ConnectionBadge({ connection }: { readonly connection: Connection }) {
  const state = useConnection(connection);
  return (
    <div
      className="connection"
      data-testid="connection-state"
      data-state={state.status}
      data-gateway={gateway(state)}
      title={title(state)}
    >
      <span className="connection-dot" aria-hidden="true" />
      <span role="status">
        {texts[state.status]}
        <Place state={state} />
      </span>
      <Reason state={state} />
      {state.status === 'offline' ? (
        <Button
          label="Retry now"
          kind="quiet"
          className="button-small"
          testId="connection-retry"
          onClick={() => connection.retryNow()}
        />
      ) : null}
      {state.status === 'closed' ? (
        <Button
          label="Connect"
          kind="quiet"
          className="button-small"
          testId="connection-connect"
          onClick={() => connection.connect()}
        />
      ) : null}
    </div>
  );
}

const texts = { connecting: 'Connecting', online: 'Online', offline: 'Offline', closed: 'Closed' } as const;

/** Where the page is connected, or tries to be. */
function gateway(state: ConnectionState): string | undefined {
  return 'gateway' in state ? state.gateway : undefined;
}

/** Names the gateway where it is another one than the page came from. */
function Place({ state }: { readonly state: ConnectionState }) {
  const at = gateway(state);
  if (state.status !== 'online' || at === undefined || at === location.origin) return null;
  return <span className="connection-place"> at {new URL(at).host}</span>;
}

function Reason({ state }: { readonly state: ConnectionState }) {
  if (state.status === 'offline') return <Offline retryAt={state.retryAt} />;
  return state.status === 'closed' ? <span>{state.reason}</span> : null;
}

function Offline({ retryAt }: { readonly retryAt: number }) {
  useNow(true);
  const seconds = Math.ceil((retryAt - Date.now()) / 1_000);
  return <span className="connection-wait">{seconds > 1 ? `again in ${seconds} s` : 'reconnecting'}</span>;
}

function title(state: ConnectionState): string {
  if (state.status === 'online') return `Connection ${state.connectionId} at ${state.gateway}`;
  return 'reason' in state ? state.reason : '';
}
