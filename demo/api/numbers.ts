import type { JsonObject } from "../../kube/types.ts";
import { listAt, numberAt } from "./json.ts";
import type { ServiceNumbers } from "./kind.ts";

const FIRST_NODE_PORT = 30_000;
const NODE_PORTS = 2_768;
/** Hosts in 10.96.0.0/12, without the network and the broadcast address. */
const CLUSTER_IPS = 2 ** 20 - 2;
/** The first addresses are left for those that are asked for by name. */
const FIRST_FREE = 10;

/** The cluster addresses (10.96.0.0/12, fd00:10:96::/108) and node ports (30000–32767) in use. */
export class ServiceNumberPool implements ServiceNumbers {
  readonly #addresses = new Map<string, number>();
  readonly #ports = new Map<number, number>();
  #nextAddress = FIRST_FREE;
  #nextPort = 0;

  nextClusterIp(family: "IPv4" | "IPv6"): string {
    for (let tries = 0; tries < CLUSTER_IPS; tries++) {
      const address = family === "IPv4" ? ipv4(this.#nextAddress) : ipv6(this.#nextAddress);
      this.#nextAddress = this.#nextAddress % CLUSTER_IPS + 1;
      if (this.isClusterIpFree(address)) return address;
    }
    throw new RangeError("Cannot allocate a cluster address: the range is full");
  }

  isClusterIpFree(address: string): boolean {
    return !this.#addresses.has(address);
  }

  isClusterIpInRange(address: string): boolean {
    if (address.includes(":")) return address.startsWith("fd00:10:96::");
    const [first, second = ""] = address.split(".");
    return first === "10" && (Number(second) & 0xf0) === 96;
  }

  nextNodePort(): number {
    for (let tries = 0; tries < NODE_PORTS; tries++) {
      const port = FIRST_NODE_PORT + this.#nextPort;
      // A step that has no common factor with the number of ports visits each of them.
      this.#nextPort = (this.#nextPort + 1_237) % NODE_PORTS;
      if (this.isNodePortFree(port)) return port;
    }
    throw new RangeError("Cannot allocate a node port: the range is full");
  }

  isNodePortFree(port: number): boolean {
    return !this.#ports.has(port);
  }

  isNodePortInRange(port: number): boolean {
    return port >= FIRST_NODE_PORT && port < FIRST_NODE_PORT + NODE_PORTS;
  }

  /** Takes note of what a Service used before and uses now. */
  observe(before: JsonObject | undefined, after: JsonObject | undefined): void {
    this.#count(after, 1);
    this.#count(before, -1);
  }

  #count(service: JsonObject | undefined, by: number): void {
    for (const ip of listAt(service, "spec", "clusterIPs")) {
      if (typeof ip === "string" && ip !== "None") add(this.#addresses, ip, by);
    }
    const ports = new Set(
      listAt(service, "spec", "ports").map((port) => numberAt(port, "nodePort") ?? 0),
    );
    ports.add(numberAt(service, "spec", "healthCheckNodePort") ?? 0);
    ports.delete(0);
    for (const port of ports) add(this.#ports, port, by);
  }
}

function add<K>(counts: Map<K, number>, key: K, by: number): void {
  const next = (counts.get(key) ?? 0) + by;
  if (next > 0) counts.set(key, next);
  else counts.delete(key);
}

function ipv4(host: number): string {
  return `10.${96 + (host >> 16)}.${(host >> 8) & 255}.${host & 255}`;
}

function ipv6(host: number): string {
  const low = (host & 0xffff).toString(16);
  const high = host >> 16;
  return high === 0 ? `fd00:10:96::${low}` : `fd00:10:96::${high.toString(16)}:${low}`;
}
