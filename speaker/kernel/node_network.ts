/** This node's links and own addresses, folded from what netlink reports. Free of I/O. */
import { bitsOf, formatIp } from "../../ip/address.ts";
import type { InterfaceAddress, Link, NetlinkChange } from "../../netlink/values.ts";
import {
  detectionOf,
  isLinkLocal,
  type LocalInterface,
  usableInterfaces,
} from "../desired/interfaces.ts";
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
  /** Addresses of ours that are being moved in the kernel's list, see `Route.moveAddresses`. */
  #moving = new Set<string>();
  #faces: readonly LocalInterface[] | undefined;
  readonly #isExcluded: (interfaceName: string) => boolean;

  /** @param isExcluded says which interfaces, by name, are left out of account */
  constructor(isExcluded: (interfaceName: string) => boolean = () => false) {
    this.#isExcluded = isExcluded;
  }

  /**
   * Begins anew from complete lists. Returns the links that came up since they were last told of, as `cameUp` of
   * `apply` would have been.
   */
  load(links: readonly Link[], addresses: readonly InterfaceAddress[]): readonly number[] {
    const cameUp = links.filter((link) => isUpAnew(this.#links.get(link.index), link));
    this.#links = new Map(links.map((link) => [link.index, link]));
    const own = addresses.filter((address) => !this.isLeased(address));
    this.#own = new Map(own.map((address) => [addressKey(address), address]));
    this.#moving.clear();
    this.#faces = undefined;
    return cameUp.map(({ index }) => index);
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

  /** The interfaces that addresses can be announced on, in order of index, and excluded ones with a subnet. */
  get faces(): readonly LocalInterface[] {
    this.#faces ??= usableInterfaces(this.#links.values(), [...this.#own.values()])
      .flatMap((face) => this.#judge(face));
    return this.#faces;
  }

  nameOf(linkIndex: number): string | undefined {
    return this.#links.get(linkIndex)?.name;
  }

  /** Whether Lanlord bound the address. */
  isLeased(address: InterfaceAddress): boolean {
    return isLeased(address, this.nameOf(address.linkIndex));
  }

  /** A node may have hundreds of excluded interfaces for its pods: those without a subnet are left out. */
  #judge(face: LocalInterface): readonly LocalInterface[] {
    if (!this.#isExcluded(face.name)) return [face];
    const hasSubnet = face.subnets.some(({ network }) => !isLinkLocal(network));
    return hasSubnet ? [{ ...face, isExcluded: true }] : [];
  }

  #onLink(link: Link): NetworkNews {
    const before = this.#links.get(link.index);
    this.#links.set(link.index, link);
    if (before !== undefined && isSameLink(before, link)) return NONE;
    return this.#interfaces(isUpAnew(before, link) ? link.index : undefined);
  }

  #onAddress(address: InterfaceAddress): NetworkNews {
    if (this.isLeased(address)) {
      if (isStandIn(address)) this.#moving.add(placeKey(address));
      return NONE;
    }
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
    if (this.isLeased(address)) return this.#onLeaseGone(address);
    if (!this.#own.delete(addressKey(address))) return NONE;
    return this.#interfaces(undefined);
  }

  #onLeaseGone(address: InterfaceAddress): NetworkNews {
    if (isStandIn(address)) {
      this.#moving.delete(placeKey(address));
      return NONE;
    }
    if (this.#moving.has(placeKey(address))) return NONE;
    const key = formatIp(address.address);
    const gone = { kind: "lease-gone", key, linkIndex: address.linkIndex } as const;
    return detectionOf(address) === 0 ? gone : { ...gone, isDuplicate: true };
  }

  #interfaces(cameUp: number | undefined): NetworkNews {
    this.#faces = undefined;
    return { kind: "interfaces", cameUp };
  }
}

function addressKey(address: InterfaceAddress): string {
  return `${placeKey(address)}/${address.prefixLength}`;
}

function placeKey({ linkIndex, address }: InterfaceAddress): string {
  return `${linkIndex} ${formatIp(address)}`;
}

/** Whether an address of ours covers for itself while it is moved: it is no /32 then. */
function isStandIn({ address, prefixLength }: InterfaceAddress): boolean {
  return prefixLength !== bitsOf(address.family);
}

/** Whether the link has a carrier and had none, or had another MAC. */
function isUpAnew(before: Link | undefined, link: Link): boolean {
  return link.hasCarrier && (before?.hasCarrier !== true || before.mac !== link.mac);
}

function isSameLink(a: Link, b: Link): boolean {
  return a.name === b.name && a.mac === b.mac && a.isUp === b.isUp &&
    a.hasCarrier === b.hasCarrier && a.masterIndex === b.masterIndex &&
    a.isNoArp === b.isNoArp && a.canBroadcast === b.canBroadcast;
}
