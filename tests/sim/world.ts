import { parseIp } from "../../ip/address.ts";
import { Cluster } from "./cluster.ts";
import { EventQueue } from "./event_queue.ts";
import { answerTo, askerOf, Machine, type Witness } from "./machine.ts";
import type { Protocol } from "./protocol.ts";
import { Random } from "./random.ts";
import type { Fault, Scenario, SimAddress } from "./scenario.ts";
import { Speech } from "./speech.ts";
import { virtualMac } from "./virtual_mac.ts";
import { type Port, Wire } from "./wire.ts";

/** A simulated cluster, and what can happen to it. */
export class World {
  readonly queue = new EventQueue();
  readonly machines: ReadonlyMap<string, Machine>;
  readonly addresses: ReadonlyMap<string, SimAddress>;
  readonly cluster: Cluster;
  readonly wire: Wire;
  /** Addresses that a stranger uses. */
  readonly strangers = new Map<string, Port>();
  /** Domains with a router that answers every question itself, whoever has the address. */
  readonly proxied = new Set<number>();
  readonly #random: Random;

  constructor(scenario: Scenario, protocol: Protocol, witness: Witness) {
    this.#random = new Random(scenario.seed);
    this.addresses = new Map(scenario.addresses.map((address) => [address.key, address]));
    this.wire = new Wire({ queue: this.queue, random: this.#random.fork() });
    const { queue, wire } = this;
    this.machines = new Map(
      scenario.nodes.map((node, i) => {
        const random = this.#random.fork();
        return [
          node.name,
          new Machine(node, i, { queue, wire, random, protocol, witness }),
        ];
      }),
    );
    const presences = new Map(Array.from(this.machines.values(), ({ name, faces }) => [
      name,
      faces.map(({ name, mac, subnets }) => ({ name, mac, subnets })),
    ]));
    this.cluster = new Cluster(scenario.addresses, presences);
    for (const { domain } of scenario.addresses) this.#housing(domain);
    for (const machine of this.machines.values()) this.#boot(machine, 0);
  }

  apply(fault: Fault): void {
    switch (fault.kind) {
      case "cut":
        for (const port of this.wire.portsIn(fault.domain)) {
          if (fault.nodes.includes(port.owner)) port.island = this.#islands + 1;
        }
        this.#islands++;
        this.#cuts.add(fault.domain);
        return;
      case "heal":
        for (const port of this.wire.portsIn(fault.domain)) port.island = 0;
        this.#cuts.delete(fault.domain);
        return;
      case "one-way":
        this.machines.get(fault.to)?.port(fault.domain)?.deafTo.add(fault.from);
        return;
      case "both-ways":
        for (const port of this.wire.portsIn(fault.domain)) port.deafTo.clear();
        return;
      case "loss":
        this.wire.loss.set(fault.domain, fault.share);
        return;
      case "proxy-arp":
        this.#housing(fault.domain);
        this.proxied.add(fault.domain);
        return;
      case "stranger":
      case "stranger-leaves":
        return this.#stranger(fault);
      case "api-away":
      case "api-back":
        for (const name of fault.nodes) this.#setApi(name, fault.kind);
        return;
      case "exclude":
      case "include":
      case "delete":
      case "create":
      case "endpoints":
      case "advertise":
      case "prefer":
      case "remove":
      case "add":
      case "pool":
        return this.#changeApi(fault);
      default:
        return this.#hit(fault);
    }
  }

  /** Whether there are islands in the domain. */
  isCut(domain: number): boolean {
    return this.#cuts.has(domain);
  }

  readonly #cuts = new Set<number>();
  #islands = 0;

  #hit(fault: Extract<Fault, { readonly node: string }>): void {
    const machine = this.machines.get(fault.node);
    if (machine === undefined) return;
    switch (fault.kind) {
      case "crash":
        return machine.crash();
      case "pause":
        return machine.pause(fault.clock);
      case "resume":
        return machine.resume();
      default:
        // What is done inside a machine that stands still is done when it goes on.
        machine.whenAwake(() => this.#hitInside(machine, fault));
    }
  }

  #hitInside(machine: Machine, fault: Extract<Fault, { readonly node: string }>): void {
    const { agent } = machine;
    switch (fault.kind) {
      case "boot":
        return machine.isOn ? undefined : this.#boot(machine, fault.silentMs);
      case "restart":
        return machine.isOn ? this.#startAgent(machine) : undefined;
      case "kill":
        return machine.endAgent();
      case "freeze":
        return agent?.process.freeze();
      case "freeze-at-write":
        return agent?.process.freezeAtWrite();
      case "thaw":
        return agent?.process.thaw();
      case "slow":
        if (agent !== undefined) agent.process.slowMs = fault.upToMs;
        return;
      case "stall":
        return agent?.process.stall(fault.ms);
      case "release":
        return this.#release(machine);
      case "unplug":
        return this.#unplug(machine, fault.domain);
      case "plug":
        return this.#plug(machine, fault.domain, fault.silentMs);
      case "take-away":
        return machine.kernel.remove(fault.address, "taken-away");
      case "refuse-writes":
      case "take-writes":
        machine.kernel.refuses = fault.kind === "refuse-writes";
        return;
      case "refuse-sends":
      case "take-sends": {
        const port = machine.port(fault.domain);
        if (port !== undefined) port.refuses = fault.kind === "refuse-sends";
        return;
      }
      default:
    }
  }

  #boot(machine: Machine, silentMs: number): void {
    machine.isOn = true;
    machine.kernel.refuses = false;
    for (const port of machine.ports) {
      port.blockedUntil = silentMs === 0 ? -Infinity : this.queue.now + silentMs;
      port.refuses = false;
      machine.detect(port);
    }
    this.#startAgent(machine);
  }

  #startAgent(machine: Machine): void {
    machine.startAgent();
    this.#tell(machine);
  }

  #release(machine: Machine): void {
    const { agent } = machine;
    if (agent === undefined) return;
    agent.handOver();
    this.queue.after(FAREWELL_MS, () => {
      if (machine.agent === agent) machine.endAgent();
    });
  }

  #unplug(machine: Machine, domain: number): void {
    const port = machine.port(domain);
    if (port === undefined) return;
    port.hasCarrier = false;
    machine.agent?.requestLook();
  }

  #plug(machine: Machine, domain: number, silentMs: number): void {
    const port = machine.port(domain);
    if (port === undefined || port.hasCarrier) return;
    port.hasCarrier = true;
    port.blockedUntil = this.queue.now + silentMs;
    machine.linkUp(port);
  }

  #changeApi(fault: Fault): void {
    const { cluster } = this;
    if (fault.kind === "exclude") cluster.setExcluded(fault.node, "out");
    if (fault.kind === "include") cluster.setExcluded(fault.node, "in");
    if (fault.kind === "delete") cluster.setAssigned(fault.address, "gone");
    if (fault.kind === "create") cluster.setAssigned(fault.address, "there");
    if (fault.kind === "endpoints") cluster.setEndpoints(fault.address, fault.nodes);
    if (fault.kind === "advertise") cluster.setAdvertised(fault.domain, fault.how);
    if (fault.kind === "prefer") cluster.setPreferred(fault.domain, fault.nodes);
    if (fault.kind === "remove") cluster.setRemoved(fault.node, "gone");
    if (fault.kind === "add") cluster.setRemoved(fault.node, "there");
    if (fault.kind === "pool") cluster.setPool(fault.domain, fault.without);
    for (const machine of this.machines.values()) this.#tell(machine);
  }

  #setApi(name: string, how: "api-away" | "api-back"): void {
    const machine = this.machines.get(name);
    if (machine === undefined) return;
    machine.isApiAway = how === "api-away";
    this.#tell(machine);
  }

  /** Lets a node see what the API says, some time later. */
  #tell(machine: Machine): void {
    this.queue.after(this.#random.between(5, 400), () => {
      const { state } = this.cluster;
      if (!machine.isApiAway && machine.view !== state) machine.see(state);
    });
  }

  #stranger(
    { kind, address: key }: Extract<Fault, { kind: "stranger" | "stranger-leaves" }>,
  ): void {
    const domain = this.addresses.get(key)?.domain;
    const port = domain === undefined ? undefined : this.#housing(domain);
    const address = parseIp(key);
    if (port === undefined || address === undefined) return;
    if (kind === "stranger-leaves") {
      this.strangers.delete(key);
      return;
    }
    this.strangers.set(key, port);
    const at = { key, address, linkIndex: 0 };
    for (const packet of this.#strangersSpeech.announce({ mac: port.mac }, at)) {
      this.wire.send(port, { packet, key, kind: "announcement" });
    }
  }

  readonly #strangersSpeech = new Speech();

  readonly #houses = new Map<number, Port>();

  /** Where the strangers of a domain are plugged in. */
  #housing(domain: number): Port {
    const known = this.#houses.get(domain);
    if (known !== undefined) return known;
    const port: Port = {
      owner: `stranger-${domain}`,
      mac: virtualMac(0xff00 + domain),
      linkIndex: 0,
      domain,
      island: 0,
      hasCarrier: true,
      isAsleep: false,
      refuses: false,
      linkLocal: undefined,
      detectingUntil: -Infinity,
      blockedUntil: -Infinity,
      doubtUntil: -Infinity,
      distrustedUntil: -Infinity,
      deafTo: new Set(),
      receive: (frame) => {
        if (frame.kind !== "question") return;
        if (!this.strangers.has(frame.key) && !this.proxied.has(domain)) return;
        this.wire.send(port, answerTo(frame, port), askerOf(frame));
      },
    };
    this.#houses.set(domain, port);
    this.wire.plugIn(port);
    return port;
  }
}

/** An orderly stop has so long to write and to send. */
const FAREWELL_MS = 50;
