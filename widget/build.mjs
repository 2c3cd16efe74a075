// Builds dist/countersign.js. The same sources give the same bytes: pinned tools, no date, no path.
//   node build.mjs            writes widget/dist/countersign.js
//   node build.mjs --out DIR  writes it elsewhere (the test that compares)
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const flag = process.argv.indexOf("--out");
const out = flag > 0 ? process.argv[flag + 1] : join(here, "dist");

const sheets = {
  name: "sheets",
  setup(plugin) {
    plugin.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, "utf8"), { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

await build({
  absWorkingDir: here,
  entryPoints: ["src/index.ts"],
  outfile: join(out, "countersign.js"),
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  banner: { js: "/*! countersign-chat | contains Preact (MIT, (c) Jason Miller) */" },
  jsx: "automatic",
  jsxImportSource: "preact",
  plugins: [sheets],
  logLevel: "warning",
});
