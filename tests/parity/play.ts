import type { Cluster } from "./cluster.ts";
import { judge, type Mismatch, type Sight } from "./observe.ts";
import type { Change, Scenario } from "./scenario.ts";

/** How a controller is set up. */
export interface Setup {
  /** Where its configuration is. */
  readonly namespace: string;
  /** `--lb-class`; empty: none. */
  readonly lbClass: string;
}

/** A controller that plays. */
export interface Player {
  /** Starts a controller and waits until it works. */
  start(setup: Setup): Promise<void>;
  /** Stops it in an orderly way, where one runs. */
  stop(): Promise<void>;
  /**
   * Waits until it has done what there is to do. `isAsWanted` says whether that is seen already, which need
   * not ever be.
   */
  settle(cluster: Cluster, isAsWanted: () => boolean): Promise<void>;
}

/** What was seen in a scenario. */
export interface Play {
  readonly sights: readonly Sight[];
  readonly mismatches: readonly Mismatch[];
}

/** Plays one scenario from beginning to end, and clears the cluster. */
export async function play(
  scenario: Scenario,
  cluster: Cluster,
  player: Player,
  namespace: string,
): Promise<Play> {
  const setup = { namespace, lbClass: scenario.lbClass ?? "" };
  const sights: Sight[] = [];
  const mismatches: Mismatch[] = [];
  await cluster.begin(namespace);
  await player.start(setup);
  try {
    for (const { changes } of scenario.steps) {
      for (const change of changes) await perform(change, cluster, player, setup);
      const look = (): readonly Mismatch[] => judge(scenario, [...sights, cluster.sight()]);
      await player.settle(cluster, () => look().length === 0);
      mismatches.push(...look());
      sights.push(cluster.sight());
    }
    return { sights, mismatches };
  } finally {
    await player.stop();
    await cluster.clear();
  }
}

async function perform(
  change: Change,
  cluster: Cluster,
  player: Player,
  setup: Setup,
): Promise<void> {
  if (change.kind !== "restart") return await cluster.apply(change);
  await player.stop();
  for (const each of change.meanwhile) await perform(each, cluster, player, setup);
  await player.start(setup);
}
