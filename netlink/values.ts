import type { IpAddress } from "../ip/address.ts";
import type { Mac } from "../ip/mac.ts";

/** A network interface, as RTM_NEWLINK describes it. */
export interface Link {
  readonly index: number;
  readonly name: string;
  /** Absent where the interface has no 48-bit hardware address. */
  readonly mac: Mac | undefined;
  /** IFF_UP: switched on by the administrator. */
  readonly isUp: boolean;
  /** IFF_LOWER_UP: there is a carrier. */
  readonly hasCarrier: boolean;
  readonly isLoopback: boolean;
  /** IFF_BROADCAST. */
  readonly canBroadcast: boolean;
  /** IFF_NOARP. */
  readonly isNoArp: boolean;
  /** IFLA_MASTER: index of the bridge, bond or VRF it belongs to. */
  readonly masterIndex: number | undefined;
  /** IFLA_INFO_KIND: `veth`, `bridge`, `dummy` …; absent for plain hardware. */
  readonly kind: string | undefined;
}

/** An address of an interface, as RTM_NEWADDR describes it. */
export interface InterfaceAddress {
  readonly linkIndex: number;
  readonly address: IpAddress;
  readonly prefixLength: number;
  /** RT_SCOPE_*: 0 global, 253 link, 254 host. */
  readonly scope: number;
  /** IFA_F_* bits, all 32 of IFA_FLAGS. */
  readonly flags: number;
  /** IFA_LABEL, IPv4 only: the interface's name, or `name:tag`, 15 characters at most. */
  readonly label: string | undefined;
  /** IFA_PROTO: who added it (0 unspecified; kernel 5.18 and later). */
  readonly proto: number;
  /** IFA_RT_PRIORITY, IPv6 only: metric of the subnet's route (kernel 4.18 and later); absent is 0. */
  readonly routePriority?: number;
  /** Seconds until it is no longer preferred, counted from now; `"forever"` is INFINITY_LIFE_TIME. */
  readonly preferredSeconds: number | "forever";
  /** Seconds until the kernel removes it, counted from now. */
  readonly validSeconds: number | "forever";
}

/** Who answers what this station alone is asked: the kernel, for its addresses; or the process that opens a socket. */
export type Answerer = "kernel" | "process";

/** What a netlink monitor reports. After `resync` (ENOBUFS: messages were lost) list everything again. */
export type NetlinkChange =
  | { readonly kind: "link"; readonly link: Link }
  | { readonly kind: "link-gone"; readonly index: number }
  | { readonly kind: "address"; readonly address: InterfaceAddress }
  | { readonly kind: "address-gone"; readonly address: InterfaceAddress }
  | { readonly kind: "route" }
  | { readonly kind: "resync" };
