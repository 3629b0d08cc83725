import { useSyncExternalStore } from 'react';
import type { Connection } from '../connection/connection.ts';
import type { ConnectionState } from '../connection/state.ts';

/** The connection's state; renders again when it changes. */
export function useConnection(connection: Connection): ConnectionState {
  return useSyncExternalStore(connection.subscribe, connection.getState, connection.getState);
}
