import type { JsonValue } from '@toolruntime/client';

/** A file of the workspace that a tool says it has left, changed or deleted. */
export interface LeftFile {
  readonly path: string;
  readonly change?: string;
  readonly bytes?: number;
}

export interface LeftFiles {
  readonly files: readonly LeftFile[];
  /** How many more there are. */
  readonly more: number;
}

/** The files that a result names; `undefined` where it names none. */
export function filesOf(result: JsonValue | undefined): LeftFiles | undefined {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return undefined;
  const { files, moreFiles } = result as { readonly [key: string]: JsonValue };
  if (!Array.isArray(files)) return undefined;
  const left = (files as readonly JsonValue[]).map(fileOf);
  if (left.length === 0 || left.some((file) => file === undefined)) return undefined;
  return { files: left as readonly LeftFile[], more: typeof moreFiles === 'number' ? moreFiles : 0 };
}

function fileOf(value: JsonValue): LeftFile | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { path, change, bytes } = value as { readonly [key: string]: JsonValue };
  if (typeof path !== 'string' || typeof change !== 'string') return undefined;
  return { path, change, ...(typeof bytes === 'number' ? { bytes } : {}) };
}

/** Where a file of a session's workspace is downloaded from. */
export function fileUrl(sessionId: string, path: string): string {
  return `/v1/sessions/${encodeURIComponent(sessionId)}/files/content?path=${encodeURIComponent(path)}`;
}
