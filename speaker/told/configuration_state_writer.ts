import {
  CONFIGURATION_NODE_LABEL,
  CONFIGURATION_ROLE_LABEL,
  CONFIGURATION_STATES,
  ConfigurationReport,
  type InForce,
} from "../../config/mod.ts";
import {
  formatTime,
  type ObjectMeta,
  ownedByNode,
  StatusKeeper,
  type StatusKeeperDeps,
} from "../../kube/mod.ts";
import { nodeLabelOf } from "./l2_status.ts";

export interface ConfigurationStateWriterOptions {
  /** This node's name. */
  readonly node: string;
  readonly namespace: string;
  /** The Node that the object goes with when it is deleted. */
  readonly owner: () => ObjectMeta | undefined;
}

/** One write of a node in so long, however often the configuration changes. */
const GAP_MS = 10_000;

/** All nodes see a change at once. */
const SPREAD_MS = 5_000;

/** Keeps the ConfigurationState of this node: whether its speaker uses the configuration as it is written. */
export class ConfigurationStateWriter {
  readonly #deps: StatusKeeperDeps;
  readonly #name: string;
  readonly #keeper: StatusKeeper;
  readonly #report = new ConfigurationReport("configReconcilerValid");

  constructor(deps: StatusKeeperDeps, { node, namespace, owner }: ConfigurationStateWriterOptions) {
    this.#deps = deps;
    this.#name = `speaker-${node}`;
    this.#keeper = new StatusKeeper(deps, {
      resource: CONFIGURATION_STATES,
      namespace,
      name: this.#name,
      gapMs: GAP_MS,
      spreadMs: SPREAD_MS,
      metadataOf: () => ({
        labels: {
          [CONFIGURATION_ROLE_LABEL]: "speaker",
          [CONFIGURATION_NODE_LABEL]: nodeLabelOf(node),
        },
        ...ownedByNode(owner()),
      }),
    });
  }

  /** What became of the configuration. */
  set(inForce: InForce): void {
    const status = this.#report.next(inForce, formatTime(this.#deps.clock.nowWall()));
    if (status !== undefined) this.#keeper.set(this.#name, status);
  }

  /** Writes until the signal aborts; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#keeper.run(signal);
  }
}
