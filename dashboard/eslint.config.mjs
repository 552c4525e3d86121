// The linter reads types through the JavaScript API of TypeScript 6; `tsc` in package.json is TypeScript 7, which has
// no such API and takes a tenth of the time.

import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import { configs } from "typescript-eslint";

export default defineConfig(
  { ignores: ["dist", "src/graphql.ts"] },
  configs.strictTypeChecked,
  reactHooks.configs.flat.recommended,
  {
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      // `onClick={() => setOpen(true)}` is plain to read.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // Handlers tell by themselves what did not work.
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      // What stands in an interface as a method is a function of its own here; there are no classes to bind to.
      "@typescript-eslint/unbound-method": "off",
      // Forms hold texts, and no files.
      "@typescript-eslint/no-base-to-string": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowNullish: true }],
      // What is known and cannot be said in types.
      "@typescript-eslint/no-non-null-assertion": "off",
    },
  },
  { files: ["*.mjs"], extends: [configs.disableTypeChecked] },
);
