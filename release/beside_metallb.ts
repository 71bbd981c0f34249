// deno-lint-ignore-file no-console
/**
 * `deno run -A release/beside_metallb.ts`: writes `deploy/beside-metallb.yaml`, the speakers as they can run on nodes
 * where MetalLB's speakers run too, from `deploy/parts/speaker.yaml`.
 */
const DEPLOY = new URL("../deploy/", import.meta.url).pathname;

const HEAD = `# Lanlord's speakers beside MetalLB's, for the time of a migration: docs/migrate.md
# Written by release/beside_metallb.ts from parts/speaker.yaml. What differs is the port: MetalLB's
# speakers have 7472 of every node, and no pod is scheduled that wants it too.
`;

/** A port of the node's that MetalLB v0.15 has no use for: it takes 7472, 7473, 7572, 7573 and 7946. */
const PORT = 7482;

/** Each stands exactly once in the part. */
const CHANGES: readonly (readonly [before: string, after: string])[] = [
  ["args: [speaker]", `args: [speaker, --http, ":${PORT}", --beside-metallb, --quarantine, "0"]`],
  ["containerPort: 7472", `containerPort: ${PORT}`],
  ['prometheus.io/port: "7472"', `prometheus.io/port: "${PORT}"`],
];

/**
 * The text of `deploy/beside-metallb.yaml`.
 *
 * @throws Error when the part is not what the changes are made for
 */
export async function besideMetallb(): Promise<string> {
  const part = await Deno.readTextFile(`${DEPLOY}parts/speaker.yaml`);
  const changed = CHANGES.reduce((text, [before, after]) => {
    const count = text.split(before).length - 1;
    if (count !== 1) {
      throw new Error(
        `Cannot change parts/speaker.yaml: want "${before}" once, found it ${count} times`,
      );
    }
    return text.replace(before, after);
  }, part);
  return `${HEAD}---\n${changed.replace(/^---\n/, "")}`;
}

if (import.meta.main) {
  await Deno.writeTextFile(`${DEPLOY}beside-metallb.yaml`, await besideMetallb());
  console.log("deploy/beside-metallb.yaml is written");
}
