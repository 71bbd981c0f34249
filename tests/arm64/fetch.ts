// deno-lint-ignore-file no-console
/**
 * `deno run -A tests/arm64/fetch.ts`: fetches Deno for arm64 from the npm registry (30 MB) into the cache
 * folder, with `npm pack`. What is there already is kept.
 */
import { isFile } from "../../demo/control_plane/assets.ts";
import { fetchNpmProgram } from "../npm_program.ts";
import { ARM64_DENO, arm64DenoPath } from "./given.ts";

const path = arm64DenoPath();
if (!isFile(path)) await fetchNpmProgram(ARM64_DENO, "deno", path);
console.log(`Deno ${ARM64_DENO.version} for arm64: ${path}`);
