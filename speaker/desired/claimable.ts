import type { IpAddress } from "../../ip/address.ts";
import type { Mac } from "../../ip/mac.ts";
import type { ObjectReference } from "../../kube/types.ts";
import type { Preferences } from "../ownership/rank.ts";
import type { Standing } from "../ownership/standing.ts";

/** One address that this node may hold. */
export interface Claimable {
  /** Canonical text of the address. */
  readonly key: string;
  readonly address: IpAddress;
  /** The link to announce it on. */
  readonly linkIndex: number;
  /** The eligible nodes, this one among them, in order of name: one array for all addresses that have the same. */
  readonly eligible: readonly string[];
  /** When it is this node's turn to claim it. */
  readonly standing: Standing;
  /** Who is preferred; absent where nobody is. One Map for all addresses that have the same. */
  readonly preferences?: Preferences;
  /** The Services that use it, in order of key. */
  readonly services: readonly ObjectReference[];
}

/** What the API says about this node's part, as one value. */
export interface Desired {
  /** By canonical text of the address. */
  readonly claimable: ReadonlyMap<string, Claimable>;
  /** All addresses assigned to any Service of ours: what is held and not claimable is handed over or forgotten by this. */
  readonly assigned: ReadonlySet<string>;
  /** Which node an interface belongs to, this one's included. */
  readonly nodeOfMac: ReadonlyMap<Mac, string>;
}

/** Nothing is known yet. */
export const NOTHING_DESIRED: Desired = {
  claimable: new Map(),
  assigned: new Set(),
  nodeOfMac: new Map(),
};
