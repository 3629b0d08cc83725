import type { JsonValue } from '@toolruntime/client';
import { fits } from './check.ts';
import type { Field } from './fields.ts';
import { isObject } from './schema.ts';

/** What has been filled into a field so far; each kind of field uses what it needs of it. */
export interface Draft {
  /** Of a text, a number, JSON; of options the place of the chosen one. */
  readonly text?: string;
  readonly flag?: boolean;
  readonly rows?: readonly Row[];
  readonly members?: Readonly<Record<string, Draft>>;
  /** The place of the chosen shape, and what was filled into each. */
  readonly chosen?: number;
  readonly shapes?: Readonly<Record<number, Draft>>;
}

/** A row of a list, or of names and values. */
export interface Row {
  readonly id: number;
  readonly name?: string;
  readonly draft: Draft;
}

let lastRow = 0;

export function newRow(field: Field, name?: string, value?: JsonValue): Row {
  return { id: ++lastRow, draft: draftOf(field, value), ...(name === undefined ? {} : { name }) };
}

/** A field that has been filled with a value, or with its default. */
export function draftOf(field: Field, given?: JsonValue): Draft {
  const value = given ?? field.schema.default;
  switch (field.kind) {
    case 'text':
      return typeof value === 'string' ? { text: value } : {};
    case 'number':
      return typeof value === 'number' ? { text: String(value) } : {};
    case 'flag':
      return typeof value === 'boolean' ? { flag: value } : {};
    case 'const':
      return given !== undefined && !field.required ? { flag: true } : {};
    case 'options': {
      const at = field.options.findIndex((option) => JSON.stringify(option.value) === JSON.stringify(value));
      return at < 0 ? {} : { text: String(at) };
    }
    case 'list':
      return { rows: Array.isArray(value) ? value.map((each: JsonValue) => newRow(field.item, undefined, each)) : [] };
    case 'map':
      return {
        rows: isObject(value) ? Object.entries(value).map(([name, each]) => newRow(field.item, name, each)) : [],
      };
    case 'members': {
      const of = isObject(value) ? value : {};
      return { members: Object.fromEntries(field.members.map((m) => [m.name, draftOf(m.field, of[m.name])])) };
    }
    case 'choice': {
      if (value === undefined) return {};
      const at = field.choices.findIndex((choice) => fits(choice.schema, value));
      return at < 0 ? {} : { chosen: at, shapes: { [at]: draftOfShape(field, at, value) } };
    }
    case 'json':
      return value === undefined ? {} : { text: JSON.stringify(value, undefined, 2) };
  }
}

/** The place of the chosen shape of a choice: the first where there has to be one, else -1. */
export function chosenOf(field: Field, { chosen }: Draft): number {
  return chosen ?? (field.required ? 0 : -1);
}

/** One shape of a choice, filled. */
export function draftOfShape(field: Extract<Field, { kind: 'choice' }>, at: number, value?: JsonValue): Draft {
  const shape = field.choices[at];
  return shape === undefined ? {} : draftOf(shape, value);
}

/** Whether something was filled in. */
export function isFilled({ text, flag, rows, members, chosen, shapes }: Draft): boolean {
  if ((text ?? '') !== '' || flag !== undefined || (rows ?? []).length > 0 || chosen !== undefined) return true;
  return [...Object.values(members ?? {}), ...Object.values(shapes ?? {})].some(isFilled);
}
