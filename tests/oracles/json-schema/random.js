// Schemas and values made at random from a seed, values mostly near what the schema asks for.

export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 1 | state) + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const pick = (random, list) => list[Math.floor(random() * list.length)];
const names = ["a", "b", "c", "x-y"];
const texts = ["", "a", "ab", "abc", "A1", "héllo", "😀😀", "2026-01-31", "a b", "x\n"];
const numbers = [-10, -1, 0, 1, 2, 2.5, 3, 4, 10, 100, 1e10];
const patterns = ["^a", "b$", "^[a-z]+$", "^\\d{4}-\\d{2}-\\d{2}$", "^.{2}$", "^\\w+$", "\\s"];

export function randomSchema(random, depth) {
  const maybe = (chance) => random() < chance;
  if (maybe(0.03)) return maybe(0.7);
  const schema = {};
  const kind = pick(random, ["string", "number", "integer", "array", "object", "object", "boolean", "null", "mixed"]);
  if (kind !== "mixed" && maybe(0.8)) schema.type = maybe(0.2) ? [kind, "null"].filter((type, i, all) => all.indexOf(type) === i) : kind;
  if (kind === "string" || kind === "mixed") {
    if (maybe(0.3)) schema.minLength = Math.floor(random() * 4);
    if (maybe(0.3)) schema.maxLength = Math.floor(random() * 6);
    if (maybe(0.3)) schema.pattern = pick(random, patterns);
    if (maybe(0.1)) schema.enum = [pick(random, texts), pick(random, numbers)].concat(maybe(0.5) ? [null] : []);
  }
  if (kind === "number" || kind === "integer" || kind === "mixed") {
    if (maybe(0.3)) schema.minimum = pick(random, numbers);
    if (maybe(0.3)) schema.maximum = pick(random, numbers);
    if (maybe(0.15)) schema.exclusiveMinimum = pick(random, numbers);
    if (maybe(0.15)) schema.exclusiveMaximum = pick(random, numbers);
    if (maybe(0.2)) schema.multipleOf = pick(random, [1, 2, 2.5, 0.5]);
    if (maybe(0.1)) schema.const = pick(random, numbers);
  }
  if (depth > 0 && (kind === "array" || kind === "mixed")) {
    if (maybe(0.5)) schema.items = randomSchema(random, depth - 1);
    if (maybe(0.3)) schema.prefixItems = [randomSchema(random, depth - 1), randomSchema(random, depth - 1)];
    if (maybe(0.3)) schema.minItems = Math.floor(random() * 3);
    if (maybe(0.3)) schema.maxItems = Math.floor(random() * 4);
    if (maybe(0.3)) schema.uniqueItems = maybe(0.8);
  }
  if (depth > 0 && (kind === "object" || kind === "mixed")) {
    if (maybe(0.8)) schema.properties = Object.fromEntries(names.filter(() => maybe(0.6)).map((name) => [name, randomSchema(random, depth - 1)]));
    if (maybe(0.4)) schema.required = names.filter(() => maybe(0.4));
    if (maybe(0.4)) schema.additionalProperties = maybe(0.5) ? false : randomSchema(random, depth - 1);
    if (maybe(0.15)) schema.patternProperties = { "^x-": randomSchema(random, depth - 1) };
    if (maybe(0.2)) schema.minProperties = Math.floor(random() * 3);
    if (maybe(0.2)) schema.maxProperties = Math.floor(random() * 4);
  }
  if (depth > 0) {
    for (const keyword of ["allOf", "anyOf", "oneOf"]) {
      if (maybe(0.07)) schema[keyword] = [randomSchema(random, depth - 1), randomSchema(random, depth - 1)];
    }
    if (maybe(0.05)) schema.not = randomSchema(random, depth - 1);
    if (maybe(0.05)) Object.assign(schema, { if: randomSchema(random, depth - 1), then: randomSchema(random, depth - 1), else: randomSchema(random, depth - 1) });
  }
  return schema;
}

/** The schema with keywords more that speak of arrays and objects as a whole. */
export function withFurther(random, schema) {
  if (typeof schema === "boolean") return schema;
  const maybe = (chance) => random() < chance;
  const some = () => names.filter(() => maybe(0.4));
  delete schema.if;
  delete schema.then;
  delete schema.else;
  if (maybe(0.5)) schema.anyOf = [randomSchema(random, 1), { properties: { b: true } }];
  if (maybe(0.3)) schema.dependentRequired = { a: some() };
  if (maybe(0.3)) schema.dependentSchemas = { b: randomSchema(random, 1) };
  if (maybe(0.3)) schema.propertyNames = maybe(0.5) ? { maxLength: 2 } : { enum: names };
  if (schema.prefixItems === undefined && maybe(0.3)) schema.contains = randomSchema(random, 0);
  if (schema.contains !== undefined && maybe(0.5)) schema.minContains = Math.floor(random() * 2);
  if (schema.contains !== undefined && maybe(0.3)) schema.maxContains = 1 + Math.floor(random() * 2);
  if (maybe(0.4)) schema.unevaluatedProperties = maybe(0.6) ? false : randomSchema(random, 0);
  if (schema.contains === undefined && maybe(0.4)) schema.unevaluatedItems = maybe(0.6) ? false : randomSchema(random, 0);
  return schema;
}

export function randomValue(random, schema, depth) {
  if (random() < 0.12 || typeof schema === "boolean") return anything(random, depth);
  if (schema.const !== undefined && random() < 0.5) return schema.const;
  if (schema.enum && random() < 0.6) return pick(random, schema.enum);
  const type = Array.isArray(schema.type) ? pick(random, schema.type) : (schema.type ?? pick(random, ["string", "number", "array", "object", "boolean"]));
  switch (type) {
    case "string":
      return pick(random, texts);
    case "number":
      return pick(random, numbers);
    case "integer":
      return random() < 0.9 ? Math.floor(pick(random, numbers)) : 2.5;
    case "boolean":
      return random() < 0.5;
    case "null":
      return null;
    case "array":
      return Array.from({ length: Math.floor(random() * 4) }, (_, i) => randomValue(random, schema.prefixItems?.[i] ?? schema.items ?? true, depth - 1));
    default: {
      const chosen = [...(schema.required ?? []), ...Object.keys(schema.properties ?? {}), ...names].filter(() => random() < 0.5);
      return Object.fromEntries(chosen.map((name) => [name, randomValue(random, schema.properties?.[name] ?? schema.additionalProperties ?? true, depth - 1)]));
    }
  }
}

function anything(random, depth) {
  const simple = [pick(random, texts), pick(random, numbers), true, false, null];
  return depth > 0 && random() < 0.4 ? pick(random, [[], {}, [1, 1], { a: 1 }, ["a", { b: null }]]) : pick(random, simple);
}
