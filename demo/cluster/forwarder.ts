import type { Log } from "../../ops/log.ts";
import { finish, PIPED } from "../program.ts";
import type { Forward, Target } from "./forwarding.ts";
import { renderNftables } from "./nftables.ts";

/** What makes a node forward traffic for Services, in this network namespace. */
export interface Forwarder extends AsyncDisposable {
  /** Makes exactly these forwards hold; nothing is done where they hold already. */
  apply(forwards: readonly Forward[]): Promise<void>;
  /** Sets these routes, as lines of `ip -batch`. */
  route(lines: readonly string[]): Promise<void>;
}

/**
 * Forwards by nftables where `nft` is installed and works; else by copying TCP connections, which serves node ports and
 * load balancer addresses that the node has bound, but no cluster addresses, and shows the pods this node as the client.
 */
export async function openForwarder(nodeAddress: string, log: Log): Promise<Forwarder> {
  const trial = await feed("nft", ["-f", "-"], renderNftables([], nodeAddress));
  if (trial !== undefined) log("warn", "forwardingInUserspace", { reason: trial });
  // A socket may then be bound to a load balancer's address before the node has it.
  if (trial !== undefined) await Deno.writeTextFile("/proc/sys/net/ipv4/ip_nonlocal_bind", "1");
  const forward = trial === undefined ? nftables(nodeAddress) : userspace(nodeAddress, log);
  let routes = "";
  return {
    apply: forward.apply,
    route: async (lines) => {
      const text = lines.join("\n");
      if (text === routes) return;
      const fault = await feed("ip", ["-batch", "-"], text);
      if (fault !== undefined) throw new Error(`Cannot set routes: ${fault}`);
      routes = text;
    },
    [Symbol.asyncDispose]: async () => await forward.close(),
  };
}

interface Mechanism {
  readonly apply: (forwards: readonly Forward[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

function nftables(nodeAddress: string): Mechanism {
  let applied = renderNftables([], nodeAddress);
  return {
    apply: async (forwards) => {
      const text = renderNftables(forwards, nodeAddress);
      if (text === applied) return;
      const fault = await feed("nft", ["-f", "-"], text);
      if (fault !== undefined) throw new Error(`Cannot set nftables: ${fault}`);
      applied = text;
    },
    close: () => Promise.resolve(),
  };
}

function userspace(nodeAddress: string, log: Log): Mechanism {
  let targets = new Map<string, readonly Target[]>();
  const listeners = new Map<string, Deno.TcpListener>();
  return {
    apply: (wanted) => {
      targets = placesOf(wanted, nodeAddress);
      for (const [place, listener] of listeners) {
        if (targets.has(place)) continue;
        listener.close();
        listeners.delete(place);
      }
      for (const place of targets.keys()) {
        if (listeners.has(place)) continue;
        const [hostname, port] = place.split(":");
        const listener = Deno.listen({ hostname, port: Number(port) });
        listeners.set(place, listener);
        accept(listener, () => targets.get(place) ?? [], log);
      }
      return Promise.resolve();
    },
    close: () => {
      for (const listener of listeners.values()) listener.close();
      return Promise.resolve();
    },
  };
}

/** Where to listen, as `address:port`, and where that leads. */
function placesOf(
  forwards: readonly Forward[],
  nodeAddress: string,
): Map<string, readonly Target[]> {
  return new Map(
    forwards
      .filter(({ protocol, to }) => protocol === "tcp" && to.kind !== "cluster-ip")
      .map(({ to, port, external }) => {
        return [`${to.kind === "node-port" ? nodeAddress : to.address}:${port}`, external];
      }),
  );
}

/** Serves a listener until it is closed, which is how its loop ends. */
async function accept(
  listener: Deno.TcpListener,
  targets: () => readonly Target[],
  log: Log,
): Promise<void> {
  let turn = 0;
  for await (const connection of listener) {
    const choice = targets();
    const target = choice[turn++ % choice.length];
    if (target === undefined) connection.close();
    else copy(connection, target).catch((error) => log("debug", "connectionBroken", { error }));
  }
}

async function copy(connection: Deno.TcpConn, { address, port }: Target): Promise<void> {
  using inbound = connection;
  using outbound = await Deno.connect({ hostname: address, port });
  await Promise.all([
    inbound.readable.pipeTo(outbound.writable),
    outbound.readable.pipeTo(inbound.writable),
  ]);
}

/** Runs a program on a text. @returns why it failed, in one line */
async function feed(
  program: string,
  args: string[],
  text: string,
): Promise<string | undefined> {
  try {
    const { code, stderr } = await finish(new Deno.Command(program, { args, ...PIPED }), text);
    return code === 0 ? undefined : stderr.trim().split("\n")[0] ?? "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
