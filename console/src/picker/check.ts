import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema';
import type { JsonObject, JsonValue } from '@toolruntime/client';
import { memberOf, typesOf } from './schema.ts';

/** What is wrong at a place of the arguments (a JSON Pointer). */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** Keywords that only say that something inside is wrong. */
const outer = new Set([
  'properties',
  'items',
  'prefixItems',
  'additionalProperties',
  'allOf',
  '$ref',
  'patternProperties',
]);
const inAlternative = /\/(anyOf|oneOf|not|if)\//;

/** What of a value its schema does not allow, the innermost places. */
export function check(schema: JsonObject, value: JsonValue): readonly Problem[] {
  const { valid, errors } = validate(schema, value);
  if (valid) return [];
  const told = errors.filter((e) => !outer.has(e.keyword) && !inAlternative.test(e.keywordLocation));
  const problems = (told.length > 0 ? told : errors.slice(-1)).map((error) => ({
    path: decodeURIComponent(error.instanceLocation.slice(1)),
    message: messageOf(schema, error),
  }));
  return problems.filter(({ path }, i) => problems.findIndex((other) => other.path === path) === i);
}

/** Whether a value is as the schema says. */
export function fits(schema: JsonObject, value: JsonValue): boolean {
  return validate(schema, value).valid;
}

function validate(schema: JsonObject, value: JsonValue): { valid: boolean; errors: readonly OutputUnit[] } {
  try {
    return new Validator(schema as Schema, '2020-12', false).validate(value);
  } catch {
    // A schema that can't be read here, or a pattern that is none here: the server checks it in any case.
    return { valid: true, errors: [] };
  }
}

const limits: Readonly<Record<string, (limit: number) => string>> = {
  minLength: (n) => (n === 1 ? 'Must not be empty.' : `Needs at least ${n} characters.`),
  maxLength: (n) => `Takes at most ${n} characters.`,
  minimum: (n) => `Must be at least ${n}.`,
  maximum: (n) => `Must be at most ${n}.`,
  exclusiveMinimum: (n) => `Must be more than ${n}.`,
  exclusiveMaximum: (n) => `Must be less than ${n}.`,
  multipleOf: (n) => `Must be a multiple of ${n}.`,
  minItems: (n) => `Needs at least ${n}.`,
  maxItems: (n) => `Takes at most ${n}.`,
};

/** For people, of a field's own schema; else as the validator says it. */
function messageOf(schema: JsonObject, { keyword, error, instanceLocation }: OutputUnit): string {
  const own = instanceLocation === '#';
  const limit = own ? memberOf(schema, keyword, 'number') : undefined;
  if (keyword in limits) return limit === undefined ? error : (limits[keyword]?.(limit) ?? error);
  switch (keyword) {
    case 'uniqueItems':
      return 'Has the same entry twice.';
    case 'pattern':
      return own ? `Must match ${String(schema.pattern)}` : error;
    case 'format':
      return own ? `Must be a valid ${String(schema.format)}.` : error;
    case 'type':
      return own && typesOf(schema)[0] === 'integer' ? 'Must be a whole number.' : error;
    default:
      return error;
  }
}
