import { ipToBytes, parseIp } from "../../ip/address.ts";
import { macFromBytes } from "../../ip/mac.ts";
import { finish, type Outcome, PIPED } from "../program.ts";
import { type Holder, holdNamespace, HOST_SETUP, ROUTER_SETUP } from "./holder.ts";

/** What stands on the LAN. */
export interface LanOptions {
  /** Name to IPv4 address within 192.168.0.0/24; .1 is the hub's. */
  readonly machines: Readonly<Record<string, string>>;
  /**
   * Machines that do not forward packets of others.
   * @default ["client"]
   */
  readonly hosts?: readonly string[];
}

/** How a command inside a machine is started; whatever `Deno.Command` takes, less what the LAN decides. */
export type MachineCommandOptions = Omit<Deno.CommandOptions, "args" | "detached" | "signal">;

/** A network namespace with a name. */
export interface Machine {
  readonly name: string;
  /** Process that holds the namespace, as this process numbers it: `nsenter --target <pid> --net`. */
  readonly pid: number;
  /**
   * A command that runs inside. It shares the file system, has its own session, and dies with the LAN
   * however this process ends. `kill("SIGKILL")` on the child reaches it; for any other signal see `signalInside`.
   */
  command(argv: readonly string[], options?: MachineCommandOptions): Deno.Command;
  /** Runs a command inside to its end; `stdin` is fed to it. Never rejects for an exit code. */
  run(argv: readonly string[], options?: RunOptions): Promise<Outcome>;
}

/** Input and surroundings of a command that is run to its end. */
export interface RunOptions {
  /** @default none */
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A LAN 192.168.0.0/24 in network namespaces; disposing ends every process in it. */
export interface Lan extends AsyncDisposable {
  /** Holds the bridge `br0` with 192.168.0.1, every machine's gateway. */
  readonly hub: Machine;
  /** @throws RangeError when there is no machine of this name */
  machine(name: string): Machine;
  /** Pulls the machine's cable: its `eth0` loses the carrier. */
  unplug(name: string): Promise<void>;
  /** Puts the cable back. */
  plug(name: string): Promise<void>;
  /** Addresses and routes as at the start: what a machine's network is after a power cut. */
  reset(name: string): Promise<void>;
}

/** The hub's address, every machine's gateway. */
export const HUB_ADDRESS = "192.168.0.1";

/**
 * Builds the LAN: one PID namespace that ends when this process does, in whatever way, and in it one
 * network namespace per machine, joined by a bridge without spanning tree. Needs `ip`, `unshare`,
 * `nsenter` and root rights over namespaces (see `requireNamespaces`).
 *
 * @throws Error with what the failing command said
 *
 * @example
 * ```ts ignore
 * await using lan = await openLan({ machines: { client: "192.168.0.99", n1: "192.168.0.11" } });
 * await lan.machine("client").run(["arping", "-c1", "192.168.0.11"]);
 * ```
 */
export async function openLan(options: LanOptions): Promise<Lan> {
  const { machines, hosts = ["client"] } = options;
  await using building = new AsyncDisposableStack();
  const root = building.use(await holdNamespace({ setup: ROUTER_SETUP }));
  const hub = machineOf("hub", root);
  await ip(hub, [
    "link set lo up",
    "link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0",
    `addr add ${HUB_ADDRESS}/24 dev br0`,
    "link set br0 up",
  ]);
  const names = Object.keys(machines);
  const built = await Promise.all(names.map(async (name, i) => {
    const setup = hosts.includes(name) ? HOST_SETUP : ROUTER_SETUP;
    const holder = building.use(await holdNamespace({ setup, within: root }));
    const machine = machineOf(name, holder);
    await connect(hub, machine, { port: `port${i}`, address: machines[name] ?? "" });
    return machine;
  }));
  const owned = building.move();
  const port = (name: string): string => `port${names.indexOf(find(built, name).name)}`;
  return {
    hub,
    machine: (name) => find(built, name),
    unplug: (name) => ip(hub, [`link set ${port(name)} down`]),
    plug: (name) => ip(hub, [`link set ${port(name)} up`]),
    reset: async (name) => {
      await ip(find(built, name), ["addr flush dev lo", "addr flush dev eth0", "link set lo down"]);
      await ip(find(built, name), startLines(machines[name] ?? ""));
    },
    // The root goes first: its end is the end of everything in its PID namespace.
    [Symbol.asyncDispose]: async () => {
      await root[Symbol.asyncDispose]();
      await owned.disposeAsync();
    },
  };
}

/** The MAC that the machine with this IPv4 address has on the LAN: `02:00` and the address. */
export function macOf(address: string): string {
  const parsed = parseIp(address);
  if (parsed?.family !== "IPv4") {
    throw new SyntaxError(
      `Cannot place a machine on the LAN: want an IPv4 address, have "${address}"`,
    );
  }
  return macFromBytes(Uint8Array.from([2, 0, ...ipToBytes(parsed)]));
}

async function connect(
  hub: Machine,
  machine: Machine,
  at: { readonly port: string; readonly address: string },
): Promise<void> {
  const mac = macOf(at.address);
  await ip(hub, [
    `link add ${at.port} type veth peer name eth0 address ${mac} netns ${machine.pid}`,
    `link set ${at.port} master br0`,
    `link set ${at.port} up`,
  ]);
  await ip(machine, startLines(at.address));
}

function startLines(address: string): readonly string[] {
  return [
    "link set lo up",
    `addr add ${address}/24 dev eth0`,
    "link set eth0 up",
    `route replace default via ${HUB_ADDRESS}`,
  ];
}

function find(machines: readonly Machine[], name: string): Machine {
  const found = machines.find((machine) => machine.name === name);
  if (found === undefined) throw new RangeError(`Cannot find machine "${name}" on the LAN`);
  return found;
}

/** Runs lines of `ip -batch` inside the machine's network. */
async function ip(machine: Machine, lines: readonly string[]): Promise<void> {
  // Not in its PID namespace: `netns <pid>` counts as this process does.
  const argv = ["--target", `${machine.pid}`, "--net", "ip", "-batch", "-"];
  const result = await finish(
    new Deno.Command("nsenter", { args: argv, ...PIPED, detached: true }),
    lines.join("\n"),
  );
  if (result.code !== 0) {
    throw new Error(`Cannot set up the network of "${machine.name}": ${result.stderr.trim()}`);
  }
}

function machineOf(name: string, holder: Holder): Machine {
  const command = (argv: readonly string[], options: MachineCommandOptions = {}): Deno.Command =>
    new Deno.Command("nsenter", { ...options, args: inside(holder.pid, argv), detached: true });
  return {
    name,
    pid: holder.pid,
    command,
    run: (argv, options = {}) =>
      finish(command(argv, { ...PIPED, env: { ...options.env } }), options.stdin),
  };
}

/** `unshare` forks into the PID namespace and takes its child with it when it is killed. */
function inside(pid: number, argv: readonly string[]): string[] {
  const enter = ["--target", `${pid}`, "--net", "--pid", "--no-fork"];
  return [...enter, "unshare", "--fork", "--kill-child", "--", ...argv];
}
