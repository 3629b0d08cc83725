import { asArray, asObject, number, optional, optNumber, optText, optTrue, text, texts } from './fields.ts';
import type { JsonObject, JsonValue } from './json.ts';

/** What a process does; one of a newer server comes as it is. */
export type ProcessActivity = 'running' | 'sleeping' | 'disk_wait' | 'stopped' | 'traced' | 'zombie' | (string & {});

/** A process of a silo's host, as the server saw it last; what is absent could not be known. */
export interface ProcessInfo {
  /** `silo-pid-start`: this process, and no other that gets its number later. */
  readonly id: string;
  readonly silo: string;
  readonly host: string;
  readonly pid: number;
  /** A `pid` of the same host. */
  readonly parent: number;
  /** The kernel's short name. */
  readonly name: string;
  /** Without secrets, at most 1,000 characters; empty for one that has none. */
  readonly command: string;
  readonly user: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly state: ProcessActivity;
  /** Of one processor, since the sample before. */
  readonly cpuPercent?: number;
  readonly cpuMs: number;
  readonly memoryBytes: number;
  readonly threads: number;
  readonly openFiles?: number;
  readonly readBytes?: number;
  readonly writtenBytes?: number;
  readonly waitsForInput?: boolean;
  /** TCP ports that it listens on. */
  readonly ports: readonly number[];
  /** Whether it is the silo itself. */
  readonly server?: boolean;
  /** Of processes of tools: whose it is, where that is not the caller's own tenant. */
  readonly tenant?: string;
  readonly session?: string;
  readonly messageId?: string;
  readonly executionId?: string;
  readonly callId?: string;
  readonly tool?: string;
  /** The named process of that session that it is a run of. */
  readonly named?: string;
  /** Whether the caller may end it and run it again. */
  readonly mayRestart?: boolean;
}

/** What has changed, or a part of all there is. */
export interface ProcessesFrame {
  readonly type: 'processes';
  /** Whether all that was known is void. */
  readonly reset?: boolean;
  /** Whether others follow. */
  readonly more?: boolean;
  /** How many silos did not answer; absent for none. */
  readonly silent?: number;
  readonly processes: readonly ProcessInfo[];
  /** Ids of those that have ended, or may not be seen any more. */
  readonly gone: readonly string[];
}

/** Reads a frame. Throws {@link DecodeError}. @internal */
export function decodeProcesses(o: JsonObject): ProcessesFrame {
  return {
    type: 'processes',
    ...optTrue(o, 'reset'),
    ...optTrue(o, 'more'),
    ...optNumber(o, 'silent'),
    processes: asArray(o.processes ?? [], 'processes').map(decodeProcess),
    gone: texts(o, 'gone'),
  };
}

function decodeProcess(json: JsonValue): ProcessInfo {
  const o = asObject(json, 'process');
  return {
    id: text(o, 'id'),
    silo: text(o, 'silo'),
    host: text(o, 'host'),
    pid: number(o, 'pid'),
    parent: number(o, 'parent'),
    name: text(o, 'name'),
    command: text(o, 'command'),
    user: text(o, 'user'),
    startedAt: text(o, 'startedAt'),
    state: text(o, 'state'),
    ...optNumber(o, 'cpuPercent'),
    cpuMs: number(o, 'cpuMs'),
    memoryBytes: number(o, 'memoryBytes'),
    threads: number(o, 'threads'),
    ...optNumber(o, 'openFiles'),
    ...optNumber(o, 'readBytes'),
    ...optNumber(o, 'writtenBytes'),
    ...optional(o, 'waitsForInput', (from) => from.waitsForInput === true),
    ports: asArray(o.ports ?? [], 'ports').filter((port) => typeof port === 'number'),
    ...optTrue(o, 'server'),
    ...optText(o, 'tenant'),
    ...optText(o, 'session'),
    ...optText(o, 'messageId'),
    ...optText(o, 'executionId'),
    ...optText(o, 'callId'),
    ...optText(o, 'tool'),
    ...optText(o, 'named'),
    ...optTrue(o, 'mayRestart'),
  };
}
