import assert from "node:assert/strict";
import { eventually } from "../eventually.ts";
import type { Cluster } from "./cluster.ts";

/** Where Lanlord is installed. */
export const NAMESPACE = "metallb-system";

/** What is installed there. */
export const WORKLOADS = ["deployment/lanlord-leader", "daemonset/lanlord-speaker"] as const;

/** Two that hold an address since a partition healed learn of it by the next announcement of either, 61 s at most. */
const HEALED_SECONDS = 75;

/** A person with kubectl, and a shell on nodes and on a machine of the LAN. Every failure is an AssertionError. */
export class Operator {
  readonly cluster: Cluster;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  /** @returns what it printed */
  async kubectl(...argv: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.cluster.kubectl(argv);
    assert.equal(code, 0, `kubectl ${argv.join(" ")}: ${stderr}`);
    return stdout;
  }

  async apply(manifest: string): Promise<string> {
    const { code, stdout, stderr } = await this.cluster.kubectl(["apply", "-f", "-"], manifest);
    assert.equal(code, 0, stderr);
    return stdout;
  }

  async rolledOut(workload: string, namespace = NAMESPACE): Promise<void> {
    await this.kubectl("-n", namespace, "rollout", "status", workload, "--timeout=120s");
  }

  /** A Service of the whoami pods; its address, once it has one. */
  async expose(name: string): Promise<string> {
    const flags = ["--type=LoadBalancer", "--port=80", `--name=${name}`];
    await this.kubectl("expose", "deployment", "whoami-deployment", ...flags);
    return await this.addressOf(name);
  }

  /** The address of a Service in the default namespace, once it has one. */
  async addressOf(service: string): Promise<string> {
    const path = "jsonpath={.status.loadBalancer.ingress[0].ip}";
    await this.kubectl("wait", `--for=${path}`, `service/${service}`, "--timeout=60s");
    return await this.kubectl("get", "service", service, "-o", path);
  }

  /** What a whoami Service answers to the LAN's machine; `undefined` without an answer. */
  async ask(address: string): Promise<string | undefined> {
    const argv = ["curl", "-s", "--connect-timeout", "0.5", "-m", "2", `http://${address}/`];
    const { code, stdout } = await this.cluster.client(argv);
    return code === 0 ? stdout : undefined;
  }

  async nodes(): Promise<readonly string[]> {
    const names = await this.kubectl("get", "nodes", "-o", "jsonpath={.items[*].metadata.name}");
    return names.split(" ");
  }

  /** `ip -o address show` of a node. */
  async addressesOn(node: string): Promise<string> {
    const { code, stdout, stderr } = await this.cluster.node(node, ["ip", "-o", "address", "show"]);
    assert.equal(code, 0, stderr);
    return stdout;
  }

  /** The nodes that have an address bound, of those given. @param nodes all of them, if it is not said */
  async holdersOf(address: string, nodes?: readonly string[]): Promise<readonly string[]> {
    const asked = nodes ?? await this.nodes();
    const shown = await Promise.all(asked.map((node) => this.addressesOn(node)));
    return asked.filter((_, i) => shown[i]?.includes(` ${address}/`));
  }

  /** The node that has an address bound, once it is one alone, of those given. */
  async holderOf(address: string, nodes?: readonly string[]): Promise<string> {
    return await eventually(`one node has ${address}`, HEALED_SECONDS, async () => {
      const holders = await this.holdersOf(address, nodes);
      return holders.length === 1 ? holders[0] : undefined;
    });
  }

  /** The node of the latest nodeAssigned event of a Service. */
  announcingNode(service: string): Promise<string> {
    return eventually("a node announces", 30, async () => {
      return (await this.#announcements(service)).at(-1)?.node;
    });
  }

  /** How often a node said that it announces a Service. */
  async announcementCount(service: string): Promise<number> {
    const announcements = await this.#announcements(service);
    return announcements.reduce((sum, { count }) => sum + count, 0);
  }

  /** What a person would look at first. */
  async diagnose(): Promise<string> {
    const looks = [
      ["get", "pods,services,endpointslices", "-A", "-o", "wide"],
      ["get", "events"],
      ["-n", NAMESPACE, "get", "events"],
      ["-n", NAMESPACE, "logs", "-l", "app=lanlord", "--tail=60", "--prefix"],
    ];
    const outcomes = await Promise.all(looks.map((argv) => this.cluster.kubectl(argv)));
    return outcomes.map(({ stdout, stderr }) => stdout + stderr).join("\n");
  }

  async #announcements(service: string): Promise<readonly Announcement[]> {
    const text = await this.kubectl(
      "get",
      "events",
      `--field-selector=reason=nodeAssigned,involvedObject.name=${service}`,
      "--sort-by=.lastTimestamp",
      "-o",
      "jsonpath={range .items[*]}{.count} {.message}{'\\n'}{end}",
    );
    return text.split("\n").flatMap((line) => {
      const [, count, node] = /^(\d*) announcing from node "([^"]+)"/.exec(line) ?? [];
      return node === undefined ? [] : [{ node, count: Number(count) || 1 }];
    });
  }
}

interface Announcement {
  readonly node: string;
  readonly count: number;
}
