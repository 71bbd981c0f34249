/** This node's links and own addresses, folded from what netlink reports. Free of I/O. */
import { formatIp } from "../ip/address.ts";
import type { InterfaceAddress, Link, NetlinkChange } from "../netlink/values.ts";
import { detectionOf, type LocalInterface, usableInterfaces } from "./interfaces.ts";
import { isLeased } from "./lease.ts";

/** What a change means for the speaker. */
export type NetworkNews =
  /** Nothing. */
  | { readonly kind: "none" }
  /** Links, or the node's own addresses, are different. `cameUp`: a link that has a carrier now, or another MAC. */
  | { readonly kind: "interfaces"; readonly cameUp: number | undefined }
  /** The node got an address of its own: it may stand behind ours in the kernel's list. */
  | { readonly kind: "own-address" }
  /** An address of ours was taken out of the kernel. */
  | { readonly kind: "lease-gone" } & LostLease
  /** Changes were lost: everything has to be read again. */
  | { readonly kind: "resync" };

/** An address that Lanlord bound, and that is not in the kernel any more. */
export interface LostLease {
  readonly key: string;
  readonly linkIndex: number;
  /** The kernel itself took it away: duplicate address detection found that another station has it. */
  readonly isDuplicate?: boolean;
}

const NONE: NetworkNews = { kind: "none" };

export class NodeNetwork {
  #links = new Map<number, Link>();
  #own = new Map<string, InterfaceAddress>();
  #faces: readonly LocalInterface[] | undefined;
  readonly #isExcluded: (interfaceName: string) => boolean;

  /** @param isExcluded says which interfaces, by name, are left out of account */
  constructor(isExcluded: (interfaceName: string) => boolean = () => false) {
    this.#isExcluded = isExcluded;
  }

  /** Begins anew from complete lists. */
  load(links: readonly Link[], addresses: readonly InterfaceAddress[]): void {
    this.#links = new Map(links.map((link) => [link.index, link]));
    const own = addresses.filter((address) => !this.isLeased(address));
    this.#own = new Map(own.map((address) => [addressKey(address), address]));
    this.#faces = undefined;
  }

  /** Takes one change in, and tells what it means. */
  apply(change: NetlinkChange): NetworkNews {
    switch (change.kind) {
      case "link":
        return this.#onLink(change.link);
      case "link-gone":
        if (!this.#links.delete(change.index)) return NONE;
        return this.#interfaces(undefined);
      case "address":
        return this.#onAddress(change.address);
      case "address-gone":
        return this.#onAddressGone(change.address);
      case "route":
        return NONE;
      case "resync":
        return { kind: "resync" };
      default:
        return change satisfies never;
    }
  }

  /** The interfaces that addresses can be announced on, in order of index. */
  get faces(): readonly LocalInterface[] {
    this.#faces ??= usableInterfaces(this.#links.values(), [...this.#own.values()])
      .filter(({ name }) => !this.#isExcluded(name));
    return this.#faces;
  }

  nameOf(linkIndex: number): string | undefined {
    return this.#links.get(linkIndex)?.name;
  }

  /** Whether Lanlord bound the address. */
  isLeased(address: InterfaceAddress): boolean {
    return isLeased(address, this.nameOf(address.linkIndex));
  }

  #onLink(link: Link): NetworkNews {
    const before = this.#links.get(link.index);
    this.#links.set(link.index, link);
    if (before !== undefined && isSameLink(before, link)) return NONE;
    const cameUp = link.hasCarrier && (before?.hasCarrier !== true || before.mac !== link.mac);
    return this.#interfaces(cameUp ? link.index : undefined);
  }

  #onAddress(address: InterfaceAddress): NetworkNews {
    if (this.isLeased(address)) return NONE;
    const key = addressKey(address);
    const before = this.#own.get(key);
    this.#own.set(key, address);
    if (before !== undefined && detectionOf(before) === detectionOf(address)) return NONE;
    // IPv6 addresses are listed newest first, whatever is done: nothing of ours has to be moved.
    if (address.address.family === "IPv6") return this.#interfaces(undefined);
    this.#faces = undefined;
    return { kind: "own-address" };
  }

  #onAddressGone(address: InterfaceAddress): NetworkNews {
    if (this.isLeased(address)) {
      const key = formatIp(address.address);
      const gone = { kind: "lease-gone", key, linkIndex: address.linkIndex } as const;
      return detectionOf(address) === 0 ? gone : { ...gone, isDuplicate: true };
    }
    if (!this.#own.delete(addressKey(address))) return NONE;
    return this.#interfaces(undefined);
  }

  #interfaces(cameUp: number | undefined): NetworkNews {
    this.#faces = undefined;
    return { kind: "interfaces", cameUp };
  }
}

function addressKey({ linkIndex, address, prefixLength }: InterfaceAddress): string {
  return `${linkIndex} ${formatIp(address)}/${prefixLength}`;
}

function isSameLink(a: Link, b: Link): boolean {
  return a.name === b.name && a.mac === b.mac && a.isUp === b.isUp &&
    a.hasCarrier === b.hasCarrier && a.masterIndex === b.masterIndex &&
    a.isNoArp === b.isNoArp && a.canBroadcast === b.canBroadcast;
}
