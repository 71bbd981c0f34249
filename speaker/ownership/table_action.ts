import type { IpAddress } from "../../ip/address.ts";
import type { Mac } from "../../ip/mac.ts";
import type { ConflictOutcome, ReleaseReason } from "./ownership_state.ts";

/** An address on one of this node's links. */
export interface Place {
  /** Canonical text of the address: the key in every map. */
  readonly key: string;
  readonly address: IpAddress;
  readonly linkIndex: number;
}

/** What the table wants done, to be carried out in this order. */
export type TableAction =
  /** Send a probe to `to`, or to everybody. */
  | { readonly kind: "probe"; readonly at: Place; readonly to: Mac | undefined }
  /** Tell the station that has it that this node is preferred. */
  | { readonly kind: "seek"; readonly at: Place; readonly to: Mac }
  /** Send one announcement. */
  | { readonly kind: "announce"; readonly at: Place }
  | { readonly kind: "bind"; readonly at: Place }
  | { readonly kind: "unbind"; readonly at: Place }
  | { readonly kind: "claimed"; readonly at: Place }
  | { readonly kind: "released"; readonly at: Place; readonly reason: ReleaseReason }
  | {
    readonly kind: "conflict";
    readonly at: Place;
    readonly mac: Mac;
    readonly outcome: ConflictOutcome;
  }
  | { readonly kind: "conflict-over"; readonly at: Place }
  /** A holder answers no more; the addresses that it had. */
  | {
    readonly kind: "silent";
    readonly mac: Mac;
    readonly node: string | undefined;
    readonly addresses: readonly string[];
  };
