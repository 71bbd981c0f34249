import { type Lan, type Machine, macOf, openLan } from "../../demo/lan/lan.ts";
import { type Part, PART_VARIABLE } from "../../demo/part.ts";
import { type ApiAccess, type ApiKind, openApi } from "../../demo/story/api_access.ts";
import { Crew } from "../../demo/story/crew.ts";
import type { Mac } from "../../ip/mac.ts";

/** The nodes of the lab. */
export const NODES = ["n1", "n2", "n3"] as const;

/** The name of one. */
export type NodeName = (typeof NODES)[number];

/** Where the nodes stand. */
export const NODE_ADDRESSES: Readonly<Record<NodeName, string>> = {
  n1: "192.168.0.11",
  n2: "192.168.0.12",
  n3: "192.168.0.13",
};

/** Addresses of the pool, as many as are asked for. */
export function poolAddresses(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `192.168.0.${200 + i}`);
}

/** The whole pool. */
export const POOL = "192.168.0.200-192.168.0.254";

/** A LAN with three nodes, a client and a machine for the witness; disposing ends everything in it. */
export interface Lab extends AsyncDisposable {
  readonly lan: Lan;
  /** The processes of the contestant. */
  readonly crew: Crew;
  /** For logs, sockets and files; gone afterwards. */
  readonly folder: string;
  /** Starts an API server that the nodes reach. */
  openApi(kind: ApiKind): Promise<ApiAccess>;
  /** What starts this program. */
  readonly self: readonly string[];
}

const MACHINES = { client: "192.168.0.99", witness: "192.168.0.98", ...NODE_ADDRESSES } as const;
const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** Builds the LAN. Needs root, as the demo does. */
export async function openLab(): Promise<Lab> {
  await using building = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "lanlord-bench-" });
  building.defer(() => Deno.remove(folder, { recursive: true }));
  const lan = building.use(await openLan({ machines: MACHINES, hosts: ["client", "witness"] }));
  const crew = new Crew(folder);
  building.defer(() => crew.dismiss());
  const self = [Deno.execPath(), "run", "-A", MAIN];
  const relay = (part: Part): void => {
    const env = { [PART_VARIABLE]: JSON.stringify(part) };
    crew.start({ name: "relay", machine: lan.hub, argv: [...self, "demo"], env });
  };
  const owned = building.move();
  return {
    lan,
    crew,
    folder,
    self,
    openApi: async (kind) => owned.use(await openApi(kind, { folder, relay })),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** The node that has this MAC. @throws RangeError when none has */
export function nodeOfMac(mac: Mac): NodeName {
  const found = NODES.find((node) => macOf(NODE_ADDRESSES[node]) === mac);
  if (found === undefined) throw new RangeError(`Wanted the MAC of a node, found "${mac}"`);
  return found;
}

/** The machine of a node, or of somebody else. */
export function machineOf(lab: Lab, name: NodeName | "client" | "witness"): Machine {
  return lab.lan.machine(name);
}

/**
 * Busy loops on each node, at the priority of the agents.
 *
 * @param perNode how many on each; by default one for each core of this machine
 */
export function openLoad(lab: Lab, perNode = navigator.hardwareConcurrency): AsyncDisposable {
  const loop = ["sh", "-c", "while :; do :; done"];
  const children = NODES.flatMap((node) =>
    Array.from(
      { length: perNode },
      () =>
        machineOf(lab, node).command(loop, { stdin: "null", stdout: "null", stderr: "null" })
          .spawn(),
    )
  );
  return {
    [Symbol.asyncDispose]: async () => {
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(children.map((child) => child.status));
    },
  };
}
