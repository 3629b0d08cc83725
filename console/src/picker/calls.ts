import { CommandError, type JsonObject, type ToolCall } from '@toolruntime/client';
import type { KnownTool } from '../sessions/useTools.ts';
import type { Problem } from './check.ts';
import { chosenOf, type Draft, draftOf } from './draft.ts';
import { type Field, formOf } from './fields.ts';
import { read } from './read.ts';
import { isObject, step } from './schema.ts';

/** A call that is being filled in. */
export interface PlannedCall {
  readonly id: number;
  readonly tool: KnownTool;
  readonly form: Field;
  readonly draft: Draft;
  /** What the server says is wrong with it, until it is changed. */
  readonly refused: readonly Problem[];
}

let last = 0;

export function planCall(tool: KnownTool, given?: JsonObject): PlannedCall {
  const form = formOf(tool.parameters);
  return { id: ++last, tool, form, draft: draftOf(form, given), refused: [] };
}

/** What is wrong with a call, by the field that it is shown at; what belongs to none is at the empty place. */
export function problemsOf({ form, draft, tool, refused }: PlannedCall): ReadonlyMap<string, string> {
  const { problems } = read(form, draft, tool.parameters);
  const places = new Set(placesOf(form, draft, ''));
  const by = new Map<string, string>();
  for (const { path, message } of [...problems, ...refused]) {
    let at = path;
    while (at !== '' && !places.has(at)) at = at.slice(0, at.lastIndexOf('/'));
    const told = at === path ? message : `${path.slice(at.length + 1).replaceAll('/', ' / ')}: ${message}`;
    if (!by.has(at)) by.set(at, told);
  }
  return by;
}

/** The places of a form's fields. */
function placesOf(field: Field, draft: Draft, path: string): readonly string[] {
  const inside = (): readonly string[] => {
    switch (field.kind) {
      case 'members':
        return field.members.flatMap((m) => placesOf(m.field, draft.members?.[m.name] ?? {}, path + step(m.name)));
      case 'list':
        return (draft.rows ?? []).flatMap((row, i) => placesOf(field.item, row.draft, path + step(i)));
      case 'map':
        return (draft.rows ?? []).flatMap((row) => placesOf(field.item, row.draft, path + step(row.name ?? '')));
      case 'choice': {
        const at = chosenOf(field, draft);
        const shape = field.choices[at];
        return shape === undefined ? [] : placesOf(shape, draft.shapes?.[at] ?? {}, path);
      }
      default:
        return [];
    }
  };
  return [path, ...inside()];
}

export function callOf({ tool, form, draft }: PlannedCall): ToolCall {
  return { tool: tool.name, arguments: read(form, draft, tool.parameters).value };
}

/** What the server has against one of the calls: which, and where. */
export function refusalOf(error: unknown): { readonly index: number; readonly problem: Problem } | undefined {
  if (!(error instanceof CommandError) || error.code !== 'invalid_arguments') return undefined;
  const { details } = error;
  if (!isObject(details) || typeof details.index !== 'number') return undefined;
  const message = typeof details.reason === 'string' ? sentence(details.reason) : error.message;
  return { index: details.index, problem: { path: typeof details.path === 'string' ? details.path : '', message } };
}

function sentence(text: string): string {
  const trimmed = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
