import type { Config } from "../config/config.ts";
import { type PoolUsage, usageOf } from "../controller/usage.ts";
import { formatIp, type IpAddress } from "../ip/address.ts";
import { leaderOf, type LeaderState } from "./leader.ts";
import { type Outlook, outlookOf, type Rules } from "./outlook.ts";
import type { ClusterSnapshot } from "./snapshot.ts";

/** A cluster, what is made of it, and what verdicts look up again and again. */
export interface Matter {
  readonly cluster: ClusterSnapshot;
  readonly rules: Rules;
  readonly outlook: Outlook;
  readonly leader: LeaderState;
  /** By name of the pool, with all that is decided. */
  readonly usage: ReadonlyMap<string, PoolUsage>;
  /** The Services that shall have an address, as `namespace/name`, in order. */
  usersOf(address: IpAddress): readonly string[];
}

/** Takes a cluster up, so that anything can be asked about it. */
export function matterOf(cluster: ClusterSnapshot, rules: Rules): Matter {
  const outlook = outlookOf(cluster, rules);
  const users = new Map<string, string[]>();
  for (const [key, { addresses }] of outlook.decisions) {
    for (const address of addresses) {
      const text = formatIp(address);
      const others = users.get(text);
      if (others === undefined) users.set(text, [key]);
      else others.push(key);
    }
  }
  return {
    cluster,
    rules,
    outlook,
    leader: leaderOf(cluster),
    usage: outlook.config === undefined ? new Map() : usageByPool(outlook.config, outlook),
    usersOf: (address) => users.get(formatIp(address))?.toSorted() ?? [],
  };
}

function usageByPool(config: Config, { decisions }: Outlook): ReadonlyMap<string, PoolUsage> {
  const assigned = [...decisions.values()].map(({ addresses }) => addresses);
  return new Map(usageOf(config, assigned).map((usage) => [usage.pool, usage]));
}
