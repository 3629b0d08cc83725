import { decodeFailure } from './decodeError.ts';
import type { FailureError } from './errors.ts';
import type { TerminalSize } from './events.ts';
import { asObject, number, optional, optNumber, optText, text, texts } from './fields.ts';
import type { JsonObject, JsonValue } from './json.ts';

/** How far a process has to be for another that depends on it. Default `started`. */
export type NamedCondition = 'started' | 'ready' | 'completed';

/** After which ends a process is run again. */
export type NamedRestartPolicy = 'never' | 'on_failure' | 'always';

/** What a named process is. What is absent has the server's default. */
export interface NamedProcessDefinition {
  readonly command: string;
  readonly workingDirectory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly terminal?: TerminalSize;
  readonly restart?: {
    readonly policy: NamedRestartPolicy;
    readonly maxRestarts?: number;
    readonly backoffMs?: number;
    readonly maxBackoffMs?: number;
    readonly resetAfterMs?: number;
  };
  readonly dependsOn?: readonly { readonly name: string; readonly condition?: NamedCondition }[];
  /** Either a pattern or a port. */
  readonly ready?: {
    readonly pattern?: string;
    readonly port?: number;
    readonly path?: string;
    readonly intervalMs?: number;
    readonly timeoutMs?: number;
  };
  readonly stop?: { readonly signal?: string; readonly graceMs?: number };
  readonly idleMs?: number;
  readonly totalMs?: number;
}

/** Where a named process stands. */
export type NamedProcessState =
  | 'stopped'
  | 'waiting'
  | 'starting'
  | 'running'
  | 'ready'
  | 'stopping'
  | 'backoff'
  | 'completed'
  | 'failed';

/** How a named process stands. */
export interface NamedProcessStanding {
  readonly state: NamedProcessState;
  readonly desired: 'running' | 'stopped';
  /** How often it was run again since somebody started it. */
  readonly restarts: number;
  /** The execution of its present or last run. */
  readonly run?: string;
  readonly pid?: number;
  readonly startedAt?: string;
  readonly exitCode?: number;
  readonly nextRestartAt?: string;
  readonly error?: FailureError;
  /** What it waits for. */
  readonly waitsFor?: readonly string[];
}

/** A named process of a session. */
export interface NamedProcess extends NamedProcessStanding {
  readonly name: string;
  readonly process: NamedProcessDefinition;
}

/** Reads how a process stands. @internal */
export function standing(o: JsonObject): NamedProcessStanding {
  return {
    state: text(o, 'state') as NamedProcessState,
    desired: text(o, 'desired') === 'running' ? 'running' : 'stopped',
    restarts: number(o, 'restarts'),
    ...optText(o, 'run'),
    ...optNumber(o, 'pid'),
    ...optText(o, 'startedAt'),
    ...optNumber(o, 'exitCode'),
    ...optText(o, 'nextRestartAt'),
    ...optional(o, 'error', (from) => decodeFailure(from.error)),
    ...optional(o, 'waitsFor', texts),
  };
}

/** Reads a definition: whoever made it was checked by the server. @internal */
export function definition(json: JsonValue | undefined): NamedProcessDefinition {
  const o = asObject(json, 'process');
  text(o, 'command');
  return o as unknown as NamedProcessDefinition;
}

/** Reads a process, as in a view. Throws {@link DecodeError}. */
export function decodeNamedProcess(json: JsonValue): NamedProcess {
  const o = asObject(json, 'process');
  return { name: text(o, 'name'), process: definition(o.process), ...standing(o) };
}
