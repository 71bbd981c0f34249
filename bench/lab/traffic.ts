import { type Lab, machineOf, NODE_ADDRESSES, type NodeName, NODES } from "./lab.ts";

const SERVER = new URL("./bulk_server.ts", import.meta.url).pathname;
const PORT = 8081;
/** UDP port 9 is `discard` (RFC 863); nobody listens, and the kernel's ICMP answers are limited. */
const DISCARD_PORT = 9;

/** How busy the LAN is made. */
export interface TrafficOptions {
  /** Of each TCP transfer: from each node to the next, and to the client. In MB/s. */
  readonly megabytesPerSecond: number;
}

/**
 * Traffic between the machines until disposed of: TCP transfers at a rate, and from the client a flood of UDP
 * datagrams to an address, as fast as one process can.
 */
export function openTraffic(
  lab: Lab,
  floodedAddress: string,
  { megabytesPerSecond }: TrafficOptions,
): AsyncDisposable {
  const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
  const start = (name: NodeName | "client", argv: readonly string[]): Deno.ChildProcess =>
    machineOf(lab, name).command(argv, quiet).spawn();
  const transfer = (name: NodeName | "client", from: NodeName): Deno.ChildProcess => {
    const url = `http://${NODE_ADDRESSES[from]}:${PORT}/`;
    const curl = `curl -s -o /dev/null --limit-rate ${megabytesPerSecond}M ${url}`;
    return start(name, ["sh", "-c", `while :; do ${curl} || sleep 0.2; done`]);
  };
  const flood = `while :; do exec 3> /dev/udp/${floodedAddress}/${DISCARD_PORT}; ` +
    `for i in {1..1000}; do printf %1400s x >&3; done; done 2> /dev/null`;
  const children = NODES.flatMap((node, i) => [
    start(node, [Deno.execPath(), "run", "-A", SERVER, `${PORT}`]),
    transfer(node, NODES[(i + 1) % NODES.length] ?? node),
    transfer("client", node),
  ]);
  children.push(start("client", ["bash", "-c", flood]));
  return {
    [Symbol.asyncDispose]: async () => {
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(children.map((child) => child.status));
    },
  };
}
