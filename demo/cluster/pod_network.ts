import { equalIp, formatIp, parseIp } from "../../ip/address.ts";
import { parsePrefix } from "../../ip/prefix.ts";
import type { Container, LanNode } from "./objects.ts";

/** What nodes call the pod network of node number `index`, from 1. */
export function podCidrOf(index: number): string {
  return `10.244.${index}.0/24`;
}

/**
 * The first address of the node's pod network that nobody has, from the third on (.0 is the network, .1 would be
 * a bridge's); `undefined` when all are taken.
 */
export function nextPodAddress(podCidr: string, taken: readonly string[]): string | undefined {
  const prefix = parsePrefix(podCidr);
  if (prefix === undefined) return undefined;
  const used = taken.map(parseIp);
  for (let host = 2n; host < 255n; host++) {
    const address = { ...prefix.network, value: prefix.network.value + host };
    if (!used.some((other) => other !== undefined && equalIp(other, address))) {
      return formatIp(address);
    }
  }
  return undefined;
}

/** Lines of `ip -batch` that send what is meant for other nodes' pods to those nodes. */
export function podRoutes(nodes: readonly LanNode[], own: string): readonly string[] {
  return nodes
    .filter(({ meta, podCidr, address }) => meta.name !== own && podCidr !== "" && address !== "")
    .map(({ podCidr, address }) => `route replace ${podCidr} via ${address}`)
    .toSorted();
}

/**
 * The TCP ports that a container listens on: what it is told by `--port` or `WHOAMI_PORT_NUMBER`, else those that it
 * declares, else 80.
 */
export function listenPorts(container: Container): readonly number[] {
  const flags = container.args.flatMap((arg, i) => {
    const match = /^--?port(?:=(?<port>[0-9]+))?$/.exec(arg);
    return match === null ? [] : [Number(match.groups?.["port"] ?? container.args[i + 1])];
  });
  const told = [...flags, Number(container.env["WHOAMI_PORT_NUMBER"])].find((port) => port > 0);
  if (told !== undefined) return [told];
  const declared = container.ports.map(({ port }) => port).filter((port) => port > 0);
  return declared.length > 0 ? declared : [80];
}
