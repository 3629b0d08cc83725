// Prints what an independent parser reads in Prometheus' text format, for the C# exporter's test. See README.md.
import { readFileSync } from "node:fs";
import parse from "parse-prometheus-text-format";

console.log(JSON.stringify(parse(readFileSync(0, "utf8")), null, 2));
