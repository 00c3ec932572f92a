/**
 * Makes the declarations beside the client, `web/*.d.ts`: `api.d.ts` of the API's description, the others of the client's
 * own comments; and checks the client, and a program that uses it, against them.
 *
 *     node check.mjs           fails where a declaration is another
 *     node check.mjs --write   writes them
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import openapi, { astToString } from "openapi-typescript";

const here = fileURLToPath(new URL(".", import.meta.url));
const web = join(here, "../../web");
const document = JSON.parse(readFileSync(join(here, "../../functions/describe-api/openapi.json"), "utf8"));
const NOTE = "// Made by tests/types/check.mjs --write of functions/describe-api/openapi.json.\n\n";

const STRICT = ["--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2023,dom,dom.iterable"];

/** @param {string[]} options */
function tsc(options) {
  try {
    execFileSync(process.execPath, [join(here, "node_modules/typescript/bin/tsc"), ...STRICT, ...options]);
  } catch (error) {
    console.error(String(error.stdout));
    process.exit(1);
  }
}

// Beside declarations, the compiler would read those in the place of the client's own files.
const bare = mkdtempSync(join(tmpdir(), "quayside-types-"));
try {
  for (const name of ["package.json", "quayside.js", "quayside"]) {
    cpSync(join(web, name), join(bare, name), { recursive: true, filter: (path) => !path.endsWith(".d.ts") });
  }
  writeFileSync(join(bare, "api.d.ts"), NOTE + astToString(await openapi(document)));
  const emit = ["--declaration", "--emitDeclarationOnly", "--outDir", join(bare, "out")];
  tsc(["--allowJs", "--checkJs", ...emit, join(bare, "quayside.js")]);
  cpSync(join(bare, "api.d.ts"), join(bare, "out/api.d.ts"));

  const declarations = (folder) =>
    readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".d.ts")).sort();
  const made = declarations(join(bare, "out"));
  const text = (path) => (existsSync(path) ? readFileSync(path, "utf8") : "");
  for (const name of made) {
    if (process.argv.includes("--write")) cpSync(join(bare, "out", name), join(web, name));
    if (text(join(web, name)) !== text(join(bare, "out", name))) {
      console.error(`web/${name} is another: npm --prefix tests/types run write`);
      process.exitCode = 1;
    }
  }
  for (const name of declarations(web).filter((name) => !made.includes(name))) {
    console.error(`web/${name} is made of nothing any more`);
    process.exitCode = 1;
  }
} finally {
  rmSync(bare, { recursive: true });
}
tsc(["--noEmit", join(here, "use.ts")]);
