export type { BackoffOptions } from './connection/backoff.ts';
export { Connection, type ConnectionOptions } from './connection/connection.ts';
export type { GatewayChoice } from './connection/gateways.ts';
export { newId } from './connection/ids.ts';
export type { Notices } from './connection/notices.ts';
export type { RequestOptions } from './connection/outbox.ts';
export type { ProcessesSnapshot, ProcessesWatch, ProcessesWish } from './connection/processesWatch.ts';
export type { SessionsSnapshot, SessionsWatch } from './connection/sessionsWatch.ts';
export type { WebSocketConstructor, WebSocketLike } from './connection/socket.ts';
export { type ConnectionState, type ConnectionStatus, closeCodes } from './connection/state.ts';
export { foldEvents, foldView } from './fold/foldView.ts';
export { type OutputPiece, outputPieces } from './fold/output.ts';
export { unitsOf, utf8Length } from './fold/utf8.ts';
export type { MessagePage, MessagePageOptions } from './http/messagePage.ts';
export { type FaultContext, reportFault } from './http/reportFault.ts';
export type { Schedule } from './session/notifier.ts';
export type { OutgoingMessage, SendOptions } from './session/outgoing.ts';
export { Session, type SessionOptions, type SessionSnapshot } from './session/session.ts';
export type { StreamStatus } from './session/stream.ts';
export type * from './wire/commands.ts';
export { decodeEvent, knownEventTypes } from './wire/decodeEvent.ts';
export { decodeFrame } from './wire/decodeFrame.ts';
export { decodeExecution, decodeView } from './wire/decodeView.ts';
export { CommandError, type ErrorCode, type FailureError, type WireError } from './wire/errors.ts';
export type * from './wire/events.ts';
export { DecodeError } from './wire/fields.ts';
export type * from './wire/frames.ts';
export type { ProcessActivity, ProcessInfo } from './wire/hostProcesses.ts';
export {
  decodeJobPage,
  type Job,
  type JobInfo,
  type JobPage,
  type JobPageOptions,
  type JobPriority,
  type JobRequest,
  type JobState,
  jobPagePath,
} from './wire/jobs.ts';
export type { JsonObject, JsonValue } from './wire/json.ts';
export { decodeNotice, type Notice, type NoticeLevel, type NoticeTarget } from './wire/notices.ts';
export type {
  NamedCondition,
  NamedProcess,
  NamedProcessDefinition,
  NamedProcessStanding,
  NamedProcessState,
  NamedRestartPolicy,
} from './wire/processes.ts';
export type { OpenExecution, SessionState, SessionSummary } from './wire/sessions.ts';
export { shownTurns, type TerminalTurn, type TurnState } from './wire/turns.ts';
export * from './wire/view.ts';
