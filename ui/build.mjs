// Bundles src/main.tsx into dist/app.js (one classic script) and dist/app.css, beside index.html.
import { context } from "esbuild";
import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, "dist");
const watch = process.argv.includes("--watch");

await mkdir(dist, { recursive: true });
await copyFile(join(root, "src", "index.html"), join(dist, "index.html"));
const bundle = await context({
  entryPoints: { app: join(root, "src", "main.tsx") },
  outdir: dist,
  bundle: true,
  format: "iife", // ES modules over file:// are refused by some window engines
  platform: "browser",
  target: ["safari16", "chrome110"],
  charset: "utf8",
  jsx: "automatic",
  jsxImportSource: "preact",
  minify: !watch,
  sourcemap: watch ? "inline" : false,
  legalComments: "none",
  logLevel: "warning",
});
if (watch) {
  await bundle.watch();
  console.log("watching src/ …");
} else {
  await bundle.rebuild().catch(() => process.exit(1)); // esbuild has said what is wrong
  await bundle.dispose();
}
