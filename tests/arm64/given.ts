import { cacheFolder } from "../../demo/control_plane/assets.ts";
import type { PinnedPackage } from "../npm_program.ts";

/**
 * The npm package with Deno for arm64 and glibc. Its release may be another than the one that runs the
 * tests: what it is for is the C library's interface on arm64.
 */
export const ARM64_DENO: PinnedPackage = {
  name: "@deno/linux-arm64-glibc",
  version: "2.9.5",
  integrity:
    "sha512-IuYjsz9PGl7CJcNXMuN27KNDB8Q40brK3SG3l+TXMDVW61ZKwcn0fQHBHnXFiiygEwI8by/fKnASEluhZB1atw==",
};

/** Where Debian's packages for cross-compiling put the C library of arm64. */
export const ARM64_SYSROOT = "/usr/aarch64-linux-gnu";

/** Where `tests/arm64/fetch.ts` puts the program. */
export function arm64DenoPath(): string {
  return `${cacheFolder()}/arm64-deno-${ARM64_DENO.version}/deno`;
}
