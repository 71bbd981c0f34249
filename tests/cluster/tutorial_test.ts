// deno-lint-ignore-file no-console
import assert from "node:assert/strict";
import { MANIFEST } from "../manifest.ts";
import { testWith } from "../needs.ts";
import { OUTAGE } from "./chapters/outage.ts";
import { PAGES } from "./chapters/pages.ts";
import { QUIET } from "./chapters/quiet.ts";
import { REMOVAL } from "./chapters/removal.ts";
import type { Chapter } from "./chapters/story.ts";
import { TUTORIAL } from "./chapters/tutorial.ts";
import { UPGRADE } from "./chapters/upgrade.ts";
import { type Cluster, openCluster } from "./cluster.ts";
import { LogBook } from "./log_book.ts";
import { Operator } from "./operator.ts";

const CHAPTERS: readonly Chapter[] = [
  ...TUTORIAL,
  ...UPGRADE,
  ...OUTAGE,
  ...QUIET,
  ...REMOVAL,
  ...QUIET,
  ...PAGES,
];

testWith(["cluster"], "the tutorial, an upgrade, outages, and the removal", async (t) => {
  await using cluster = await openCluster();
  const operator = new Operator(cluster);
  const [first = ""] = cluster.pool.split("-");
  const story = {
    operator,
    logs: new LogBook(cluster),
    first,
    manifest: await manifestFor(cluster),
  };
  for (const { name, isPossible = () => true, tell } of CHAPTERS) {
    if (await t.step({ name, ignore: !isPossible(story), fn: () => tell(story) })) continue;
    if (!isPossible(story)) continue;
    console.log(await operator.diagnose());
    break;
  }
  await story.logs.close();
});

/** `deploy/lanlord.yaml`, byte for byte unless the cluster was handed in with another image. */
async function manifestFor({ image }: Cluster): Promise<string> {
  const manifest = await Deno.readTextFile(MANIFEST);
  if (image === undefined) return manifest;
  const named = /image: docker\.io\/lanlord\/lanlord:\S+/g;
  assert.equal(manifest.match(named)?.length, 2, "the manifest names the image twice");
  return manifest.replace(named, `image: ${image}`);
}
