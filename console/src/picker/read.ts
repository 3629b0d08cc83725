import type { JsonObject, JsonValue } from '@toolruntime/client';
import { check, type Problem } from './check.ts';
import { chosenOf, type Draft, draftOf, isFilled } from './draft.ts';
import type { Field } from './fields.ts';
import { memberOf, step, typesOf } from './schema.ts';

/** What a form holds, and what is wrong with it. */
export interface Reading {
  readonly value: JsonObject;
  readonly problems: readonly Problem[];
}

/** The arguments that a form holds: first each field is checked by itself, then all of them together. */
export function read(form: Field, draft: Draft, parameters: JsonObject): Reading {
  const problems: Problem[] = [];
  const value = (valueIn(form, draft, '', problems) ?? {}) as JsonObject;
  return { value, problems: problems.length > 0 ? problems : check(parameters, value) };
}

function valueIn(field: Field, draft: Draft, path: string, problems: Problem[]): JsonValue | undefined {
  const value = taken(field, draft, path, problems);
  if (value !== undefined) problems.push(...own(field, value, path));
  return value;
}

function taken(field: Field, draft: Draft, path: string, problems: Problem[]): JsonValue | undefined {
  const { text = '' } = draft;
  const wrong = (message: string, at = path) => void problems.push({ path: at, message });
  switch (field.kind) {
    case 'text': {
      if (text !== '') return text;
      const allowed = (memberOf(field.schema, 'minLength', 'number') ?? 0) === 0 && field.schema.pattern === undefined;
      return field.required && allowed ? '' : undefined;
    }
    case 'number': {
      if (text.trim() === '') return undefined;
      const number = Number(text);
      if (Number.isFinite(number)) return number;
      return wrong('Must be a number.') as undefined;
    }
    case 'flag':
      return draft.flag ?? (field.required ? false : undefined);
    case 'const':
      return field.required || draft.flag === true ? field.value : undefined;
    case 'options':
      return field.options[text === '' ? -1 : Number(text)]?.value;
    case 'json':
      if (text.trim() === '') return undefined;
      try {
        return JSON.parse(text) as JsonValue;
      } catch (error) {
        return wrong(`Is no JSON: ${(error as Error).message}`) as undefined;
      }
    case 'list': {
      const rows = draft.rows ?? [];
      if (rows.length === 0) return field.required ? [] : undefined;
      return rows.map((row, i) => needed(field.item, row.draft, path + step(i), problems) ?? null);
    }
    case 'map': {
      const rows = (draft.rows ?? []).filter(({ name, draft: of }) => (name ?? '') !== '' || (of.text ?? '') !== '');
      if (rows.length === 0) return field.required ? {} : undefined;
      const names = rows.map(({ name = '' }) => name);
      names.forEach((name, i) => {
        if (name === '') wrong('A value has no name.');
        else if (names.indexOf(name) !== i) wrong(`The name ${name} is there twice.`);
      });
      const entries = rows.map((row, i) => [
        names[i] ?? '',
        needed(field.item, row.draft, path + step(names[i] ?? ''), problems) ?? null,
      ]);
      return Object.fromEntries(entries) as JsonObject;
    }
    case 'members':
      return members(field, draft, path, problems);
    case 'choice': {
      const at = chosenOf(field, draft);
      const shape = field.choices[at];
      return shape === undefined ? undefined : valueIn(shape, draft.shapes?.[at] ?? draftOf(shape), path, problems);
    }
  }
}

/** An object that nothing was filled into is left out where it may be; what is missing in it is then none of its problems. */
function members(
  field: Extract<Field, { kind: 'members' }>,
  draft: Draft,
  path: string,
  problems: Problem[],
): JsonObject | undefined {
  const inside: Problem[] = [];
  const entries = field.members.flatMap(({ name, field: each }): [string, JsonValue][] => {
    const of = draft.members?.[name] ?? {};
    const value = each.required
      ? needed(each, of, path + step(name), inside)
      : valueIn(each, of, path + step(name), inside);
    return value === undefined ? [] : [[name, value]];
  });
  if (!field.required && !field.members.some(({ name }) => isFilled(draft.members?.[name] ?? {}))) return undefined;
  problems.push(...inside);
  return Object.fromEntries(entries);
}

function needed(field: Field, draft: Draft, path: string, problems: Problem[]): JsonValue | undefined {
  const before = problems.length;
  const value = valueIn(field, draft, path, problems);
  if (value === undefined && problems.length === before) problems.push({ path, message: 'Is required.' });
  return value;
}

const leaves = new Set<Field['kind']>(['text', 'number', 'flag', 'options', 'json']);

/** What is wrong with one field's value alone; of a list that it is too long, say: what is in it has fields of its own. */
function own(field: Field, value: JsonValue, path: string): readonly Problem[] {
  // JSON may refer to what is elsewhere, and is checked with all the rest.
  if (field.kind === 'json' && typesOf(field.schema).length === 0) return [];
  const isLeaf = leaves.has(field.kind);
  if (!isLeaf && field.kind !== 'list' && field.kind !== 'map') return [];
  const found = check(field.schema, value).filter((problem) => isLeaf || problem.path === '');
  return found.map((problem) => ({ ...problem, path: path + problem.path }));
}
