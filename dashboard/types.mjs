// Writes src/graphql.ts: the types of the schema, and each document of src/documents with the types of its answer.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { codegen } from "@graphql-codegen/core";
import * as typedDocument from "@graphql-codegen/typed-document-node";
import * as typescript from "@graphql-codegen/typescript";
import * as operations from "@graphql-codegen/typescript-operations";
import { buildSchema, parse } from "graphql";

const here = new URL(".", import.meta.url).pathname;
const schema = readFileSync(`${here}../schema/schema.graphql`, "utf8");
const documents = readdirSync(`${here}src/documents`)
  .sort()
  .map((name) => {
    const location = `${here}src/documents/${name}`;
    return { location, document: parse(readFileSync(location, "utf8")) };
  });

const config = {
  enumsAsTypes: true,
  useTypeImports: true,
  skipTypename: true,
  avoidOptionals: { field: true, inputValue: false, object: false, defaultValue: false },
  scalars: { ID: "string", Cursor: "string", Date: "string", DateTime: "string", Decimal: "string" },
};
const source = await codegen({
  filename: "graphql.ts",
  schema: parse(schema),
  schemaAst: buildSchema(schema),
  documents,
  config,
  plugins: [{ typescript: {} }, { operations: {} }, { typedDocument: {} }],
  pluginMap: { typescript, operations, typedDocument },
});
writeFileSync(`${here}src/graphql.ts`, source);
