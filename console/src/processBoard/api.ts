import { loadHistory, type Range, type Series, type Steps } from '../server/api.ts';

/** How something ended that had processes, as far as that is known. */
interface Exit {
  readonly exitCode?: number;
  readonly signal?: string;
}

/** Where an execution is found. */
export interface Place {
  readonly session: string;
  readonly executionId: string;
  readonly messageId?: string;
  readonly tool: string;
  /** The named process that it is a run of. */
  readonly named?: string;
}

/** What an execution's processes took. */
export interface Execution extends Place, Exit {
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly cpuMs: number;
  readonly memoryBytes: number;
  readonly outputBytes: number;
  readonly now?: {
    readonly cpu: number;
    readonly memoryBytes: number;
    readonly outputBytesPerSecond: number;
    readonly processes: number;
  };
  readonly series: readonly Series[];
}

/** An execution's end. */
export interface Ended extends Place, Exit {
  readonly at: string;
  readonly outcome: 'completed' | 'failed' | 'timed_out' | 'cancelled';
  readonly code?: string;
}

/** Something is run again: the next attempt, or a named process. */
export interface Restart extends Place, Exit {
  readonly at: string;
  readonly kind: 'retry' | 'process';
  readonly code?: string;
  readonly number?: number;
}

/** What `GET /v1/processes/history` answers. */
export interface ProcessHistory extends Steps {
  readonly silos: number;
  readonly missing?: number;
  readonly dropped?: number;
  readonly more?: number;
  readonly total: readonly Series[];
  readonly executions: readonly Execution[];
  readonly exits: readonly Ended[];
  readonly restarts: readonly Restart[];
}

/** What the server remembers of processes. */
export function loadProcesses(range: Range, signal: AbortSignal): Promise<ProcessHistory> {
  return loadHistory('/v1/processes/history', range, { top: '10' }, signal);
}
