// Writes JSON in its canonical form (RFC 8785). Standard input: a list of JSON texts; standard output: a list of their canonical texts.
import { readFileSync } from "node:fs";
import canonicalize from "canonicalize";

console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map((text) => canonicalize(JSON.parse(text)))));
