/** Where connections come in, or go to. */
export type Endpoint =
  | { readonly kind: "tcp"; readonly hostname: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/**
 * Joins every connection to `from` with a new one to `to`, byte for byte, until the signal aborts. A socket in the
 * file system so leads from one network namespace into another.
 *
 * @throws Deno.errors.AddrInUse and the like when it cannot listen
 */
export async function runRelay(
  { from, to }: { readonly from: Endpoint; readonly to: Endpoint },
  signal: AbortSignal,
): Promise<void> {
  using listener = listen(from);
  const connections = new Set<Disposable>();
  const stop = (): void => {
    listener.close();
    for (const connection of connections) close(connection);
  };
  signal.addEventListener("abort", stop);
  // Ends when the listener is closed.
  for await (const inbound of listener) join(inbound, to, connections);
  signal.removeEventListener("abort", stop);
}

async function join(
  inbound: Deno.Conn,
  to: Endpoint,
  connections: Set<Disposable>,
): Promise<void> {
  connections.add(inbound);
  let outbound: Deno.Conn | undefined;
  try {
    outbound = await connect(to);
    connections.add(outbound);
    await Promise.all([
      inbound.readable.pipeTo(outbound.writable),
      outbound.readable.pipeTo(inbound.writable),
    ]);
  } catch {
    // Either side went away: so does the other.
  } finally {
    for (const connection of [inbound, outbound]) {
      if (connection === undefined) continue;
      connections.delete(connection);
      close(connection);
    }
  }
}

/** Closing what the other side has closed already is no fault. */
function close(connection: Disposable): void {
  try {
    connection[Symbol.dispose]();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

function listen(at: Endpoint): Deno.Listener {
  if (at.kind === "tcp") return Deno.listen({ hostname: at.hostname, port: at.port });
  return Deno.listen({ transport: "unix", path: at.path });
}

function connect(to: Endpoint): Promise<Deno.Conn> {
  if (to.kind === "tcp") return Deno.connect({ hostname: to.hostname, port: to.port });
  return Deno.connect({ transport: "unix", path: to.path });
}
