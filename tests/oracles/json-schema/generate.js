// Prints a corpus of (schema, value, valid), judged by ajv, for the C# validator's test. See README.md.
import Ajv from "ajv";
import Ajv2020 from "ajv/dist/2020.js";
import { draft7Schemas, furtherSchemas, malformed, schemas, values } from "./cases.js";
import { randomSchema, randomValue, seeded, withFurther } from "./random.js";

const ajv = new Ajv2020({ strict: false, logger: false });
const draft7 = new Ajv({ strict: false, logger: false });
const random = seeded(20260131);
const further = seeded(20260207);

function judge(schema, candidates, by = ajv) {
  const validate = by.compile(schema);
  return { schema, cases: candidates.map((value) => [value, validate(value)]) };
}

const lines = [];
for (const [schema, own] of schemas) lines.push(judge(schema, [...own, ...values]));
for (const [schema, own] of furtherSchemas) lines.push(judge(schema, [...own, ...values]));
for (const [schema, own] of draft7Schemas) lines.push(judge(schema, [...own, ...values], draft7));
for (let i = 0; i < 400; i++) {
  const schema = randomSchema(random, 3);
  lines.push(judge(schema, Array.from({ length: 10 }, () => randomValue(random, schema, 3))));
}
for (let i = 0; i < 200; i++) {
  const schema = withFurther(further, randomSchema(further, 2));
  lines.push(judge(schema, Array.from({ length: 10 }, () => randomValue(further, schema, 3))));
}
for (const schema of malformed) {
  let refused = false;
  try {
    ajv.compile(schema);
  } catch {
    refused = true;
  }
  if (!refused) throw new Error(`ajv takes ${JSON.stringify(schema)}`);
  lines.push({ schema, malformed: true });
}
console.log(`[\n${lines.map((line) => JSON.stringify(line)).join(",\n")}\n]`);
