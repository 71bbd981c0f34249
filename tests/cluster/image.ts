import { run } from "../command.ts";
import { ROOT } from "../source.ts";

/** What of the repository is in an image. */
const CONTENTS = [
  "main.ts",
  "deno.json",
  "deno.lock",
  "ip",
  "config",
  "kube",
  "netlink",
  "ops",
  "controller",
  "speaker",
  "cli",
  "demo",
];

/** Where Deno looks for its cache when the user's home is `/`, as it is in an image without users. */
const CACHE = ".cache/deno";

/**
 * Puts an image of this working tree into the lab's registry: the `deno` that runs us, the sources, and the
 * npm packages they use, so that it starts without a network.
 */
export async function pushImage(name: string, scripts: string, assets: string): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lanlord-image-" });
  try {
    await fillRoot(`${folder}/root`);
    await must([
      "tar",
      "-C",
      `${folder}/root`,
      "--owner=0",
      "--group=0",
      "-cf",
      `${folder}/app.tar`,
      ".",
    ]);
    await must([
      "env",
      `CLUSTER_ASSETS=${assets}`,
      "ENTRYPOINT=/usr/bin/deno,run,-A,--cached-only,--no-code-cache,/app/main.ts",
      `${scripts}/image.sh`,
      name,
      `${Deno.execPath()}=/usr/bin/deno`,
      `LAYER=${folder}/app.tar`,
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function fillRoot(root: string): Promise<void> {
  await Deno.mkdir(`${root}/app`, { recursive: true });
  await Deno.mkdir(`${root}/${CACHE}`, { recursive: true });
  await must(["cp", "-r", ...CONTENTS.map((path) => ROOT + path), `${root}/app`]);
  await must([
    "env",
    `DENO_DIR=${root}/${CACHE}`,
    Deno.execPath(),
    "cache",
    "-q",
    `${root}/app/main.ts`,
  ]);
  await must(["chmod", "-R", "a+rX", root]);
}

async function must(argv: readonly string[]): Promise<void> {
  const { code, stderr } = await run(argv);
  if (code !== 0) throw new Error(`Cannot make the image: ${argv.join(" ")}: ${stderr}`);
}
