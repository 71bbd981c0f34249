// deno-lint-ignore-file no-console
/**
 * Draws `docs/failover.svg` from what `bench/failover.ts --json` measured.
 *
 *     deno run -A bench/failover_picture.ts FILE
 */
import { failoverSvg } from "./failover/histogram.ts";
import type { Report } from "./failover/sample.ts";
import { CRASH } from "./failover/scenario.ts";

const PICTURE = new URL("../docs/failover.svg", import.meta.url).pathname;

if (import.meta.main) {
  const [file] = Deno.args;
  if (file === undefined) {
    console.error("Which report? Give the file that `bench/failover.ts --json FILE` wrote");
    Deno.exit(2);
  }
  const report: Report = JSON.parse(await Deno.readTextFile(file));
  await Deno.writeTextFile(PICTURE, failoverSvg(report, CRASH));
  console.log(`wrote ${PICTURE}`);
}
