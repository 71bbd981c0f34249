import type { InterfaceAddress } from "../../netlink/mod.ts";
import type { Place } from "../ownership/table_action.ts";

/** How an address that the table holds comes to be answered for. Calls return at once; results come as kernel events. */
export interface AddressWriter {
  /** Whether what is held is in the kernel, and so can be missed there. */
  readonly keptIn: "kernel" | "process";
  bind(at: Place): void;
  unbind(at: Place): void;
  /** Puts the address at the end of the kernel's list. */
  move(at: Place): void;
  /** Holds it for another lifetime, unless that is already asked for. */
  renew(at: Place): void;
  /** Goes on with what an earlier run left in the kernel. */
  takeUp(left: readonly Left[]): void;
  /** Resolves when nothing is left to do. */
  idle(): Promise<void>;
}

/** An address of ours that was found in the kernel. */
export interface Left {
  readonly at: Place;
  /** Whether the table holds it from now on; of one found on two links only the first. */
  readonly isHeld: boolean;
  /** Whether its lifetime is to be set anew at once. */
  readonly isDue: boolean;
  readonly address: InterfaceAddress;
}
