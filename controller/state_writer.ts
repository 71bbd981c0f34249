import {
  type Config,
  CONFIGURATION_ROLE_LABEL,
  CONFIGURATION_STATES,
  ConfigurationReport,
  CONTROLLER_ROLE,
  type InForce,
  POOLS,
} from "../config/mod.ts";
import { formatTime, StatusKeeper, type StatusKeeperDeps } from "../kube/mod.ts";
import { poolStatusOf } from "./pool_status.ts";
import type { Outlook } from "./decider.ts";

/** One write of a pool's status in so long, however many addresses are assigned meanwhile. */
const POOL_GAP_MS = 5_000;

/** The same of the leader's ConfigurationState, of which there is one. */
const CONFIGURATION_GAP_MS = 1_000;

/**
 * Writes the objects that only tell how it stands: the status of each IPAddressPool, and the leader's own
 * ConfigurationState. Behind everything else, and not at all where the kinds are not installed.
 */
export class StateWriter {
  readonly #now: () => string;
  readonly #pools: StatusKeeper;
  readonly #configuration: StatusKeeper;
  /** Of the pools that are objects; those of a ConfigMap have no status. */
  #names: ReadonlySet<string> = new Set();
  readonly #report = new ConfigurationReport("poolReconcilerValid");

  constructor(deps: StatusKeeperDeps, { namespace }: { readonly namespace: string }) {
    this.#now = () => formatTime(deps.clock.nowWall());
    this.#pools = new StatusKeeper(deps, { resource: POOLS, namespace, gapMs: POOL_GAP_MS });
    this.#configuration = new StatusKeeper(deps, {
      resource: CONFIGURATION_STATES,
      namespace,
      name: CONTROLLER_ROLE,
      gapMs: CONFIGURATION_GAP_MS,
      metadataOf: () => ({ labels: { [CONFIGURATION_ROLE_LABEL]: CONTROLLER_ROLE } }),
    });
  }

  /** How full pools are: all of a configuration, or those of it of which it changed. */
  setUse({ kind, pools }: Outlook["use"], config: Config | undefined): void {
    if (kind === "all") this.#setNames(config?.pools ?? []);
    for (const usage of pools) {
      if (this.#names.has(usage.pool)) this.#pools.set(usage.pool, poolStatusOf(usage));
    }
  }

  /** What became of the configuration. */
  setConfiguration(inForce: InForce): void {
    const status = this.#report.next(inForce, this.#now());
    if (status !== undefined) this.#configuration.set(CONTROLLER_ROLE, status);
  }

  #setNames(pools: Config["pools"]): void {
    const names = new Set(pools.filter(isObject).map(({ name }) => name));
    for (const name of this.#names.difference(names)) this.#pools.set(name, undefined);
    this.#names = names;
  }

  /** Writes until the signal aborts; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#pools.run(signal), this.#configuration.run(signal)]);
  }
}

function isObject({ source }: Config["pools"][number]): boolean {
  return source.kind === "object" && source.objectKind === POOLS.kind;
}
