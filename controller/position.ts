import type { Config } from "../config/config.ts";
import type { IpAddress } from "../ip/address.ts";
import type { Occupancy } from "./occupancy.ts";
import { candidates, isUndecided, poolTiers } from "./pool_choice.ts";
import type { Position } from "./queues.ts";
import type { Request, Wish } from "./request.ts";

/**
 * In which queue a Service stands that asks for any address and did not get all that it asks for. In one
 * queue are those of whom `choose` would say the same, but for the addresses that they would get: their
 * wishes and sharing terms are equal, the same pools are for them, and so is where lies what they have already. A Service about whose
 * addresses there is more to say stands alone.
 */
export function positionOf(
  { config, occupancy }: { readonly config: Config; readonly occupancy: Occupancy },
  request: Request,
  wish: Wish,
  kept: readonly IpAddress[],
): Position {
  const keptPools = kept.map((address) => occupancy.poolOf(address));
  const isPlain = request.held.length === kept.length && request.doubtful.length === 0;
  const { key, backend, ports } = request.sharing;
  const { applicant } = request;
  const [first = []] = poolTiers(config, { applicant, pool: wish.pool });
  const text = JSON.stringify([
    wish.families,
    wish.dualStack,
    wish.pool,
    isUndecided(config, applicant),
    first.map(({ name }) => name),
    key === "" ? [] : [key, backend, ports],
    kept.map(({ family }, i) => [family, keptPools[i]?.name]),
    isPlain ? "" : request.key,
  ]);
  return {
    text,
    pools: () => [
      ...candidates(config, { applicant, pool: wish.pool }),
      ...keptPools.flatMap((pool) => pool ?? []),
    ],
  };
}
