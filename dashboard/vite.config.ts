import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzip } from "node:zlib";
import { promisify } from "node:util";
import react from "@vitejs/plugin-react";
import { type Plugin, defineConfig } from "vite";

const here = import.meta.dirname;
const compress = promisify(gzip);

// The server sends what was compressed here, so it never compresses the same bytes twice.
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    async writeBundle({ dir }) {
      const names = await readdir(dir!, { recursive: true });
      const texts = names.filter((name) => /\.(js|css|html|svg)$/.test(name));
      await Promise.all(
        texts.map(async (name) => {
          const path = join(dir!, name);
          await writeFile(`${path}.gz`, await compress(await readFile(path), { level: 9 }));
        }),
      );
    },
  };
}

export default defineConfig({
  root: here,
  plugins: [react(), compressed()],
  // The recipe outside this folder is made of the packages in it.
  resolve: { dedupe: ["graphql-ws"] },
  worker: { format: "es" },
  build: {
    target: "es2022",
    // A page under our policy takes files from this host, not data written into the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 5000,
    rollupOptions: { input: { index: join(here, "index.html"), graphiql: join(here, "graphiql.html") } },
  },
  server: { fs: { allow: [join(here, "..")] }, proxy: { "/graphql": { target: "http://127.0.0.1:8000", ws: true }, "/demo": "http://127.0.0.1:8000" } },
});
