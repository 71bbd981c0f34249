/** One thing that happens to a simulated cluster. Domains are broadcast domains, counted from 0. */
export type Fault =
  /** The plug is pulled: the kernel answers no more, and nothing is remembered. */
  | { readonly kind: "crash"; readonly node: string }
  /** Power, and a speaker; the switch forwards nothing to or from the node for `silentMs` yet. */
  | { readonly kind: "boot"; readonly node: string; readonly silentMs: number }
  /** The process stops where it is (SIGSTOP); its kernel goes on. */
  | { readonly kind: "freeze"; readonly node: string }
  /** The same, between its next decision to write to the kernel and the write. */
  | { readonly kind: "freeze-at-write"; readonly node: string }
  | { readonly kind: "thaw"; readonly node: string }
  | { readonly kind: "kill"; readonly node: string }
  /** A new process in place of the old one, if there is one. */
  | { readonly kind: "restart"; readonly node: string }
  /** The process hands everything over, and ends. */
  | { readonly kind: "release"; readonly node: string }
  /** After each thing that it does the process is busy for up to so long; 0 is well again. */
  | { readonly kind: "slow"; readonly node: string; readonly upToMs: number }
  | { readonly kind: "stall"; readonly node: string; readonly ms: number }
  | { readonly kind: "unplug"; readonly node: string; readonly domain: number }
  | {
    readonly kind: "plug";
    readonly node: string;
    readonly domain: number;
    readonly silentMs: number;
  }
  /** These nodes hear only each other. */
  | { readonly kind: "cut"; readonly domain: number; readonly nodes: readonly string[] }
  | { readonly kind: "heal"; readonly domain: number }
  /** `to` does not hear what `from` sends. */
  | {
    readonly kind: "one-way";
    readonly domain: number;
    readonly from: string;
    readonly to: string;
  }
  | { readonly kind: "both-ways"; readonly domain: number }
  /** This share of frames gets lost; 0 is none. */
  | { readonly kind: "loss"; readonly domain: number; readonly share: number }
  /** What the process sends there is refused (ENOBUFS, ENETDOWN); its kernel goes on answering. */
  | { readonly kind: "refuse-sends"; readonly node: string; readonly domain: number }
  | { readonly kind: "take-sends"; readonly node: string; readonly domain: number }
  /** The kernel refuses every write of an address. */
  | { readonly kind: "refuse-writes"; readonly node: string }
  | { readonly kind: "take-writes"; readonly node: string }
  /** The whole machine stands still, as a virtual one that is suspended; its monotonic clock stops too, or does not. */
  | { readonly kind: "pause"; readonly node: string; readonly clock: "stops" | "runs" }
  | { readonly kind: "resume"; readonly node: string }
  /** Its Node is deleted, and the Lease that tells its interfaces with it. */
  | { readonly kind: "remove"; readonly node: string }
  | { readonly kind: "add"; readonly node: string }
  /** The pool of a domain has all addresses but these. */
  | { readonly kind: "pool"; readonly domain: number; readonly without: readonly string[] }
  /** The nodes do not see what changes. */
  | { readonly kind: "api-away"; readonly nodes: readonly string[] }
  | { readonly kind: "api-back"; readonly nodes: readonly string[] }
  | { readonly kind: "exclude"; readonly node: string }
  | { readonly kind: "include"; readonly node: string }
  | { readonly kind: "delete"; readonly address: string }
  | { readonly kind: "create"; readonly address: string }
  /** Policy Local with endpoints on these nodes; absent: policy Cluster. */
  | {
    readonly kind: "endpoints";
    readonly address: string;
    readonly nodes: readonly string[] | undefined;
  }
  /** The pool of a domain is advertised no more, or again. */
  | { readonly kind: "advertise"; readonly domain: number; readonly how: "not" | "again" }
  /** These nodes are preferred for a domain, the first most; none: nobody is. */
  | { readonly kind: "prefer"; readonly domain: number; readonly nodes: readonly string[] }
  /** Somebody deletes an address from a node's kernel by hand. */
  | { readonly kind: "take-away"; readonly node: string; readonly address: string }
  /** From now on a router answers every question there itself, whoever has the address. */
  | { readonly kind: "proxy-arp"; readonly domain: number }
  /** A host that is none of ours uses the address. */
  | { readonly kind: "stranger"; readonly address: string }
  | { readonly kind: "stranger-leaves"; readonly address: string };

/** A fault at an instant. */
export interface Scheduled {
  readonly atMs: number;
  readonly fault: Fault;
}

/** A node, and the broadcast domains it has a link in. */
export interface SimNode {
  readonly name: string;
  readonly domains: readonly number[];
}

/** An assigned address, `10.<domain>.1.<n>` or `fd00:<domain + 1>::1:<n>`. */
export interface SimAddress {
  readonly key: string;
  readonly domain: number;
  /** The Service that has it, with a second address where it is dual-stack. @default the address itself */
  readonly service?: string;
}

/** Everything that decides a run: the same scenario gives the same run, event by event. */
export interface Scenario {
  /** Of all chance in the run: latencies, drifts, delays. */
  readonly seed: number;
  readonly nodes: readonly SimNode[];
  readonly addresses: readonly SimAddress[];
  readonly durationMs: number;
  /** In order of time. */
  readonly schedule: readonly Scheduled[];
}

/** One line for people. */
export function formatFault(fault: Fault): string {
  const { kind, ...fields } = fault;
  const words = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
  return [kind, ...words].join(" ");
}
