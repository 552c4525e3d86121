// Writes src/graphql.ts: the types of the schema, each document of src/documents with the types of its answer,
// and which mutations take an idempotency key.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { codegen } from "@graphql-codegen/core";
import * as typedDocument from "@graphql-codegen/typed-document-node";
import * as typescript from "@graphql-codegen/typescript";
import * as operations from "@graphql-codegen/typescript-operations";
import { buildSchema, getNamedType, isInputObjectType, parse, typeFromAST } from "graphql";

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
const schemaAst = buildSchema(schema);
const source = await codegen({
  filename: "graphql.ts",
  schema: parse(schema),
  schemaAst,
  documents,
  config,
  plugins: [{ typescript: {} }, { operations: {} }, { typedDocument: {} }],
  pluginMap: { typescript, operations, typedDocument },
});
// By name, which costs a visitor's browser less than to look through the documents there.
const takesKey = ({ type }) => {
  const given = typeFromAST(schemaAst, type);
  return isInputObjectType(getNamedType(given)) && "idempotencyKey" in getNamedType(given).getFields();
};
const keyed = documents
  .flatMap(({ document }) => document.definitions)
  .filter(({ kind, variableDefinitions }) => kind === "OperationDefinition" && variableDefinitions.some(takesKey))
  .map(({ name }) => name.value);
writeFileSync(
  `${here}src/graphql.ts`,
  `${source}\nexport const KEYED: ReadonlySet<string> = new Set(${JSON.stringify(keyed)});\n`,
);
