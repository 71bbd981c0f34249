// deno-lint-ignore-file no-console
/**
 * Plays all scenarios before MetalLB's own controller on a real API server, some four minutes, records what
 * it does, and prints where that is not what Lanlord does.
 *
 *     deno run -A bench/parity.ts [WORDS]    only scenarios with these words in their name
 *
 * Afterwards `deno run -A docs/reference/write.ts` writes the page of differences anew.
 */
import { startControlPlane } from "../demo/control_plane/start.ts";
import { createClient, loadCredentials } from "../kube/mod.ts";
import { Cluster, DUAL_STACK } from "../tests/parity/cluster.ts";
import { installKinds } from "../tests/parity/kinds.ts";
import { metallbPlayer } from "../tests/parity/metallb.ts";
import { describeMismatch, type Sight } from "../tests/parity/observe.ts";
import { play } from "../tests/parity/play.ts";
import { readRecord, RECORD_FILE, writeRecord } from "../tests/parity/record.ts";
import { SCENARIOS } from "../tests/parity/scenarios/all.ts";
import type { Scenario } from "../tests/parity/scenario.ts";
import { buildMetallb, METALLB_VERSION, type MetallbAssets } from "./lab/metallb_build.ts";

/** API servers at once, each with a controller: they wait more than they work. */
const LANES = 3;

/** Plays what is left of the scenarios, one after the other, on an API server of its own. */
async function playLane(
  left: Scenario[],
  { controller, crds }: MetallbAssets,
  seen: Map<string, readonly Sight[]>,
): Promise<void> {
  await using plane = await startControlPlane({ flags: DUAL_STACK });
  const { kubeconfig } = plane;
  using kube = createClient(await loadCredentials({ kubeconfig, env: () => undefined }));
  await installKinds(kube, new URL(`file://${crds}/`));
  await using cluster = new Cluster(kube);
  const log = await Deno.makeTempFile({ prefix: "metallb-" });
  const player = metallbPlayer({ program: controller, kubeconfig, log });
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    const namespace = `parity-${left.length}`;
    const { sights, mismatches } = await play(next, cluster, player, namespace);
    seen.set(next.name, sights);
    if (mismatches.length === 0) continue;
    console.log(`${next.name} (${next.differs?.kind ?? "UNEXPECTED"})`);
    for (const mismatch of mismatches) console.log(`  ${describeMismatch(mismatch)}`);
  }
  await Deno.remove(log);
}

if (import.meta.main) {
  const [words = ""] = Deno.args;
  const assets = await buildMetallb();
  if (typeof assets === "string") throw new Error(`Cannot compare with MetalLB: ${assets}`);
  const left = SCENARIOS.filter(({ name }) => name.includes(words));
  const seen = new Map<string, readonly Sight[]>();
  await Promise.all(Array.from({ length: LANES }, () => playLane(left, assets, seen)));
  const before = await readRecord().catch(() => undefined);
  const isSame = before?.version === METALLB_VERSION;
  const inOrder = SCENARIOS.flatMap(({ name }) => {
    const sights = seen.get(name) ?? (isSame ? before.seen[name] : undefined);
    return sights === undefined ? [] : [[name, sights]];
  });
  await writeRecord({ version: METALLB_VERSION, seen: Object.fromEntries(inOrder) });
  console.log(`recorded in ${RECORD_FILE}`);
}
