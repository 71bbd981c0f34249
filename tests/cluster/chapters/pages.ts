import assert from "node:assert/strict";
import { scriptOf } from "../../../demo/story/shell.ts";
import { blocksFor } from "../../docs/blocks.ts";
import { openDesk } from "../../docs/desk.ts";
import { judge, shellWords } from "../../docs/judge.ts";
import type { Cluster } from "../cluster.ts";
import type { Chapter, Story } from "./story.ts";

/** The pages for a cluster, in the order of a first reader; the last one removes everything. */
const ORDER = ["README.md", "docs/install.md", "docs/reference.md", "docs/operate.md"] as const;

/** Their pool, and an image that is there under its full name, are what the pages have. */
const isPossible = ({ operator: { cluster } }: Story): boolean =>
  cluster.image === undefined && cluster.pool === "192.168.0.200-192.168.0.250";

/** What the pages say of a cluster, done as they say it. */
export const PAGES: readonly Chapter[] = [
  { name: "nothing of the story is left in the default namespace", isPossible, tell: clear },
  ...ORDER.map((page) => ({
    name: `${page}: its commands do what it says`,
    isPossible,
    tell: ({ operator }: Story) => read(page, operator.cluster),
  })),
];

/** Where the LAN's machine has its programs, and not those for the reader. */
const PROGRAMS = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

async function clear({ operator }: Story): Promise<void> {
  const own = "metadata.name!=kubernetes";
  await operator.kubectl("delete", "services", `--field-selector=${own}`, "--timeout=60s");
  await operator.kubectl("delete", "deployments", "--all", "--timeout=60s");
}

/** Runs the blocks of a page, with `kubectl` for this cluster and `curl` from the LAN's machine. */
async function read(page: string, { words }: Cluster): Promise<void> {
  await using desk = await openDesk({
    kubectl: scriptOf(words.kubectl),
    curl: scriptOf([...words.client, "env", PROGRAMS, "curl"]),
  });
  const blocks = await blocksFor("cluster", (other) => other === page);
  assert.ok(blocks.length > 0, `${page} has no commands for a cluster`);
  for (const block of blocks) judge(block, await desk.run(shellWords(block)));
}
