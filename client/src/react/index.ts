export { useConnection } from './useConnection.ts';
export { useSession, useSessionSnapshot, useSessionValue } from './useSession.ts';
