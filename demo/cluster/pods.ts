import type { Pod } from "./objects.ts";
import { listenPorts } from "./pod_network.ts";
import { whoamiText } from "./whoami.ts";

/** A pod that runs: a web server on the pod's own address, whatever image it names. */
export interface RunningPod extends AsyncDisposable {
  readonly pod: Pod;
  readonly address: string;
}

/**
 * Starts a pod: puts its address on the loopback device (unless it is the node's own), and answers there as `whoami`
 * does.
 *
 * @throws Error when the address or a port cannot be taken
 */
export async function startPod(pod: Pod, address: string): Promise<RunningPod> {
  const own = pod.hostNetwork ? undefined : address;
  if (own !== undefined) await ip(["addr", "replace", `${own}/32`, "dev", "lo"]);
  const ports = new Set(pod.containers.flatMap(listenPorts));
  const servers: Deno.HttpServer<Deno.NetAddr>[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(servers.splice(0).map((server) => server.shutdown()));
    if (own !== undefined) await ip(["addr", "del", `${own}/32`, "dev", "lo"]);
  };
  try {
    for (const port of ports) servers.push(serve(pod, address, port));
  } catch (error) {
    await stop();
    throw error;
  }
  return { pod, address, [Symbol.asyncDispose]: stop };
}

function serve(pod: Pod, address: string, port: number): Deno.HttpServer<Deno.NetAddr> {
  const self = { hostname: pod.meta.name, addresses: ["127.0.0.1", address] };
  const onListen = (): void => {};
  return Deno.serve({ hostname: address, port, onListen }, (request, { remoteAddr }) => {
    const { pathname, search } = new URL(request.url);
    const text = whoamiText(self, {
      remoteAddress: remoteAddr.hostname,
      remotePort: remoteAddr.port,
      method: request.method,
      target: `${pathname}${search}`,
      headers: request.headers,
    });
    return new Response(text, { headers: { connection: "close" } });
  });
}

/** @throws Error with what `ip` said */
async function ip(args: readonly string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command("ip", { args: [...args] }).output();
  if (code === 0) return;
  throw new Error(`Cannot run "ip ${args.join(" ")}": ${new TextDecoder().decode(stderr).trim()}`);
}
