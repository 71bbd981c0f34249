import { findProgram } from "../../demo/control_plane/assets.ts";
import type { Contestant } from "./contestant.ts";
import { type Lab, machineOf, type NodeName, NODES } from "./lab.ts";

/** How keepalived is set. */
export interface KeepalivedOptions {
  readonly address: string;
  /** `advert_int`, in seconds; keepalived's default is 1. */
  readonly advertSeconds: number;
}

/** Why keepalived cannot be run here; `undefined` when it can. */
export function keepalivedLack(): string | undefined {
  return findProgram("keepalived") === undefined
    ? "keepalived is not installed (package keepalived)"
    : undefined;
}

/**
 * Prepares keepalived with VRRPv3 over multicast (RFC 5798), as careful people set it: all nodes begin as backup with
 * priorities of their own, and one that returns takes nothing back (`nopreempt`).
 */
export async function prepareKeepalived(
  lab: Lab,
  { address, advertSeconds }: KeepalivedOptions,
): Promise<Contestant> {
  for (const node of NODES) {
    await Deno.writeTextFile(fileOf(lab, node), configOf(node, address, advertSeconds));
  }
  return {
    name: `keepalived, an advert each ${advertSeconds} s`,
    calmMs: 1_000 + 4_000 * advertSeconds,
    start: async (node) => {
      // A process number of the killed one may by now be somebody else's, and it would not start.
      const pids = ["pid", "vrrp_pid"].map((flag) => [flag, `${lab.folder}/${node}.${flag}`]);
      for (const [, file = ""] of pids) await Deno.remove(file).catch(ignoreNotFound);
      const flags = [
        "--vrrp",
        "--dont-fork",
        "--log-console",
        ...pids.map((pair) => `--${pair.join("=")}`),
      ];
      const argv = [findProgram("keepalived") ?? "", ...flags, "--use-file", fileOf(lab, node)];
      lab.crew.start({ name: nameOf(node), machine: machineOf(lab, node), argv });
    },
    // Its child, which does the work, follows: it asks the kernel to be told of its parent's end.
    kill: (node) => lab.crew.kill(nameOf(node)),
    stop: (node) => lab.crew.member(nameOf(node)).stop(),
  };
}

function configOf(node: NodeName, address: string, advertSeconds: number): string {
  return `global_defs {
  router_id ${node}
  vrrp_version 3
}
vrrp_instance bench {
  state BACKUP
  nopreempt
  interface eth0
  virtual_router_id 51
  priority ${100 + NODES.indexOf(node)}
  advert_int ${advertSeconds}
  virtual_ipaddress {
    ${address}/32 dev eth0
  }
}
`;
}

function fileOf(lab: Lab, node: NodeName): string {
  return `${lab.folder}/keepalived-${node}.conf`;
}

function nameOf(node: NodeName): string {
  return `keepalived-${node}`;
}

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
