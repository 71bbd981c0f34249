/**
 * Which files of the engine have effects. Every other file in these folders (tests and `mod.ts` apart) is
 * pure: bytes, values and decisions, type-checked with nothing but the language (`deno task pure`).
 */
export const EDGE_FILES: Readonly<Record<string, readonly string[]>> = {
  ip: [],
  config: [],
  kube: [
    "kube.ts",
    "abort_scope.ts",
    "client.ts",
    "credentials.ts",
    "kubeconfig_file.ts",
    "token.ts",
    "watch.ts",
    "cache.ts",
    "events.ts",
    "lease.ts",
    "lease_calls.ts",
    "testing.ts",
  ],
  netlink: [
    "types.ts",
    "libc.ts",
    "transport.ts",
    "socket.ts",
    "poll.ts",
    "receive.ts",
    "request.ts",
    "monitor.ts",
    "route.ts",
    "packet.ts",
    "netlink.ts",
    "testing.ts",
    "route_contract.ts",
  ],
  controller: ["apply.ts", "run.ts", "metrics.ts", "world.ts", "leader.ts"],
  speaker: [
    "alarm.ts",
    "api_view.ts",
    "apply.ts",
    "engine.ts",
    "link_layer.ts",
    "metrics.ts",
    "presence.ts",
    "run.ts",
    "settle.ts",
  ],
};
