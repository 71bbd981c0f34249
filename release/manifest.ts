// deno-lint-ignore-file no-console
/**
 * `deno run -A release/manifest.ts`: writes `deploy/lanlord.yaml`, everything in one file, from the parts that
 * `deploy/kustomization.yaml` names, in their order and with their comments.
 */
import { parse } from "yaml";

const DEPLOY = new URL("../deploy/", import.meta.url).pathname;

const HEAD = `# Everything that Lanlord needs in a cluster: kubectl apply -f lanlord.yaml
# The image is named twice; docs/image.md says how to make it.
# Written by release/manifest.ts from parts/ and crds/.
`;

/** The text of `deploy/lanlord.yaml`. */
export async function manifest(): Promise<string> {
  const { resources } = parse(await Deno.readTextFile(`${DEPLOY}kustomization.yaml`));
  const paths: readonly string[] = resources;
  const texts = await Promise.all(paths.map((path) => Deno.readTextFile(DEPLOY + path)));
  const documents = texts.map((text) => text.replace(/^---\n/, "").trimEnd());
  return `${HEAD}${documents.map((text) => `---\n${text}\n`).join("")}`;
}

if (import.meta.main) {
  await Deno.writeTextFile(`${DEPLOY}lanlord.yaml`, await manifest());
  console.log("deploy/lanlord.yaml is written");
}
