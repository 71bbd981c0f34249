import { formatIp, type IpAddress } from "../ip/address.ts";
import { assemble, type Assembled, type ConfigInput } from "./assemble.ts";
import type { Config, Problem } from "./config.ts";
import { formatSource } from "./problem.ts";
import { problemAt } from "./reader.ts";
import { isAvoided, poolOf } from "./select.ts";

/** The configuration that holds now, and how it stands to what the objects say now. */
export interface InForce {
  /** What to act on; `undefined` until there was a valid one: then nothing is to be changed anywhere. */
  readonly config: Config | undefined;
  /** Whether the objects say something else, which is not used: see `problems`. */
  readonly isStale: boolean;
  /** Of the newest objects, errors and warnings. */
  readonly problems: readonly Problem[];
  /** Why the newest objects are not used; absent when they are. */
  readonly rejected?: Rejection;
  /** The objects that `config` was made of: the same value as long as they stay the same. */
  readonly accepted?: ConfigInput;
  /** The newest objects and what they amount to. */
  readonly newest: { readonly input: ConfigInput; readonly assembled: Assembled };
}

/** Why a configuration is not taken over, in one sentence for an event or the log. */
export interface Rejection {
  readonly kind: "invalid" | "gone" | "in-use";
  readonly message: string;
}

/** An address that a Service has in its status. */
export interface AddressInUse {
  /** `namespace/name` */
  readonly service: string;
  readonly address: IpAddress;
}

/**
 * Decides which configuration is in force after the objects, or the addresses in use, changed.
 * Leader and speakers fold the same way, so they agree without talking.
 *
 * 1. An error anywhere: the previous one stays.
 * 2. The ConfigMap is gone and there are no IPAddressPools: the previous one stays; deleting the ConfigMap takes no
 *    address from anyone. With IPAddressPools the ConfigMap's part goes, subject to the next rule: so resources that
 *    arrive one by one never take an address away between the first and the last.
 * 3. A changed or deleted ConfigMap leaves an address in use, which it had, without a pool: the previous one stays
 *    (for a changed one as in MetalLB v0.8.3 to v0.12).
 *    Changed IPAddressPools are taken over (MetalLB since v0.14): the leader gives those Services other addresses.
 *
 * A rejected configuration is looked at again at every call: it comes into force when what stood against it is gone.
 *
 * @param inUse is walked only where rule 3 asks for it
 */
export function nextInForce(
  previous: InForce | undefined,
  input: ConfigInput,
  inUse: Iterable<AddressInUse>,
): InForce {
  const newest = previous !== undefined && isSameInput(previous.newest.input, input)
    ? previous.newest
    : { input, assembled: assemble(input) };
  const { problems, config } = newest.assembled;
  if (config === undefined) {
    const rejected = { kind: "invalid", message: sumUp(problems) } as const;
    return { ...heldBy(previous), isStale: true, problems, rejected, newest };
  }
  const isNothing = input.configMap === undefined && input.pools.length === 0;
  const held = heldBy(previous);
  if (isNothing && held.config === undefined) {
    return { config: undefined, isStale: false, problems, newest };
  }
  const rejected = objectionTo({ config, input }, held, inUse);
  if (rejected === undefined) {
    return { config, isStale: false, problems, accepted: newest.input, newest };
  }
  const source = (input.configMap ?? held.accepted?.configMap)?.source;
  const problem = source && problemAt("error", { source, path: "" }, rejected.message);
  const all = problem === undefined ? problems : [problem, ...problems];
  return { ...held, isStale: true, problems: all, rejected, newest };
}

type Held = Pick<InForce, "config" | "accepted">;

function heldBy(state: InForce | undefined): Held {
  return { config: state?.config, ...state?.accepted && { accepted: state.accepted } };
}

/** Rules 2 and 3; they protect only what a ConfigMap in force has. */
function objectionTo(
  next: Candidate,
  { config, accepted }: Held,
  inUse: Iterable<AddressInUse>,
): Rejection | undefined {
  if (config === undefined || accepted?.configMap === undefined) return undefined;
  if (next.input.configMap === undefined && next.input.pools.length === 0) {
    const name = formatSource(accepted.configMap.source);
    return { kind: "gone", message: `${name} is gone: its pools stay in force` };
  }
  const orphans = orphansOf({ config, input: accepted }, next, inUse);
  if (orphans.length === 0) return undefined;
  const change = next.input.configMap === undefined ? "deleted" : "changed";
  return { kind: "in-use", message: refuseOrphans(orphans, change) };
}

interface Candidate {
  readonly config: Config;
  readonly input: ConfigInput;
}

/** Addresses in use that a pool of the old ConfigMap has, and no pool would have, were the new one in force. */
function orphansOf(
  old: Candidate,
  next: Candidate,
  inUse: Iterable<AddressInUse>,
): readonly AddressInUse[] {
  const before = old.input.configMap;
  if (before === undefined || before.text === next.input.configMap?.text) return [];
  return [...inUse].filter(({ address }) => {
    const pool = poolOf(old.config, address);
    return pool !== undefined && isOfConfigMap(pool.source, old.input) &&
      !isAvoided(pool, address) && !isCovered(next.config, address);
  });
}

function isOfConfigMap(source: Config["pools"][number]["source"], input: ConfigInput): boolean {
  const own = input.configMap?.source;
  return own !== undefined && formatSource(own) === formatSource(source);
}

function isCovered(config: Config, address: IpAddress): boolean {
  const pool = poolOf(config, address);
  return pool !== undefined && !isAvoided(pool, address);
}

const NAMED_ORPHANS = 5;

function refuseOrphans(orphans: readonly AddressInUse[], change: "changed" | "deleted"): string {
  const named = orphans
    .map(({ service, address }) => `${service} (${formatIp(address)})`)
    .toSorted()
    .slice(0, NAMED_ORPHANS)
    .join(", ");
  const rest = orphans.length - NAMED_ORPHANS;
  const first = change === "changed"
    ? "Cannot use the changed ConfigMap"
    : "Cannot let the ConfigMap go";
  return `${first}: no pool has the addresses in use by ${named}` +
    `${rest > 0 ? ` and ${rest} more` : ""}; the previous configuration stays in force`;
}

function sumUp(problems: readonly Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === "error");
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  return `${errors[0]?.message ?? "Cannot use the configuration"}${more}`;
}

/** Objects of a cache stay the same value until they change, so identity is enough to skip reading them again. */
function isSameInput(a: ConfigInput, b: ConfigInput): boolean {
  const label = ({ configMap }: ConfigInput): string =>
    JSON.stringify([configMap?.source, configMap?.keys]);
  return a.configMap?.text === b.configMap?.text && label(a) === label(b) &&
    isSameList(a.pools, b.pools) && isSameList(a.l2Advertisements, b.l2Advertisements) &&
    isSameList(a.bgpPeers, b.bgpPeers) && isSameList(a.bgpAdvertisements, b.bgpAdvertisements) &&
    isSameList(a.bfdProfiles, b.bfdProfiles) && isSameList(a.communities, b.communities);
}

function isSameList<T>(a: readonly T[] = [], b: readonly T[] = []): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
