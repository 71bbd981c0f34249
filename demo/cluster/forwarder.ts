import type { Log } from "../../ops/log.ts";
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
 * load balancer addresses that the node has bound, and shows the pods this node as the client.
 */
export async function openForwarder(nodeAddress: string, log: Log): Promise<Forwarder> {
  const trial = await feed("nft", ["-f", "-"], renderNftables([], nodeAddress));
  if (trial !== undefined) log("warn", "forwardingInUserspace", { reason: trial });
  const forward = trial === undefined ? nftables(nodeAddress) : userspace(log);
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

function userspace(log: Log): Mechanism {
  let forwards: readonly Forward[] = [];
  const listeners = new Map<number, Deno.TcpListener>();
  return {
    apply: (wanted) => {
      forwards = wanted.filter(({ protocol, to }) =>
        protocol === "tcp" && to.kind !== "cluster-ip"
      );
      const ports = new Set(forwards.map(({ port }) => port));
      for (const [port, listener] of listeners) {
        if (ports.has(port)) continue;
        listener.close();
        listeners.delete(port);
      }
      for (const port of ports) {
        if (listeners.has(port)) continue;
        const listener = Deno.listen({ hostname: "0.0.0.0", port });
        listeners.set(port, listener);
        accept(listener, (address) => targetsAt(forwards, address, port), log);
      }
      return Promise.resolve();
    },
    close: () => {
      for (const listener of listeners.values()) listener.close();
      return Promise.resolve();
    },
  };
}

function targetsAt(forwards: readonly Forward[], address: string, port: number): readonly Target[] {
  return forwards.find((forward) =>
    forward.port === port && (forward.to.kind === "node-port" || forward.to.address === address)
  )?.external ?? [];
}

/** Serves a listener until it is closed, which is how its loop ends. */
async function accept(
  listener: Deno.TcpListener,
  targets: (address: string) => readonly Target[],
  log: Log,
): Promise<void> {
  let turn = 0;
  for await (const connection of listener) {
    const choice = targets(connection.localAddr.hostname);
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
  args: readonly string[],
  text: string,
): Promise<string | undefined> {
  try {
    const child = new Deno.Command(program, {
      args: [...args],
      stdin: "piped",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const [output] = await Promise.all([
      child.output(),
      new Blob([text]).stream().pipeTo(child.stdin),
    ]);
    if (output.code === 0) return undefined;
    return new TextDecoder().decode(output.stderr).trim().split("\n")[0] ?? "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
