// Judges YAML documents by a JSON Schema. Standard input: { schema: path, documents: [text] }; standard output: one list of faults a document.
import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";
import { parse } from "yaml";

const { schema, documents } = JSON.parse(readFileSync(0, "utf8"));
const validate = new Ajv.default({ allErrors: true, allowUnionTypes: true, strictTypes: false, strictRequired: false }).compile(
  JSON.parse(readFileSync(schema, "utf8")),
);

const judge = (text) => {
  try {
    return validate(parse(text, { version: "1.2", schema: "core", uniqueKeys: true }))
      ? []
      : validate.errors.map((error) => `${error.instancePath} ${error.message}`);
  } catch (error) {
    return [error.message];
  }
};
console.log(JSON.stringify(documents.map(judge)));
