import type { Command } from "./command.ts";

/** A command as the overview lists it; its code is loaded when it is run. */
export interface CommandEntry {
  readonly name: string;
  readonly text: string;
  readonly load: () => Promise<Command>;
}

/** All commands, in the order in which people meet them. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "demo",
    text: "The whole thing on this machine, without a cluster",
    load: async () => (await import("./demo.ts")).DEMO,
  },
  {
    name: "check",
    text: "Check configuration files",
    load: async () => (await import("./check.ts")).CHECK,
  },
  {
    name: "convert",
    text: "Turn another load balancer's configuration into custom resources",
    load: async () => (await import("./convert.ts")).CONVERT,
  },
  {
    name: "explain",
    text: "Say why a Service has no address, or who announces it",
    load: async () => (await import("./explain.ts")).EXPLAIN,
  },
  {
    name: "status",
    text: "Show pools, Services and who announces them",
    load: async () => (await import("./status.ts")).STATUS,
  },
  {
    name: "plan",
    text: "Say what another configuration would do to a cluster",
    load: async () => (await import("./plan.ts")).PLAN,
  },
  {
    name: "leader",
    text: "Decide which Service gets which address",
    load: async () => (await import("./leader.ts")).LEADER,
  },
  {
    name: "speaker",
    text: "Make the network deliver addresses to this node",
    load: async () => (await import("./speaker.ts")).SPEAKER,
  },
];

/** The text of `lanlord --help`. */
export function overview(): string {
  const rows = [...COMMANDS, { name: "version", text: "Say which build this is" }];
  return [
    "Lanlord gives Kubernetes Services of type LoadBalancer an address on your own network.",
    "",
    "Usage: lanlord COMMAND [flags]",
    "",
    "Commands:",
    ...rows.map(({ name, text }) => `  ${name.padEnd(9)}${text}`),
    "",
    "lanlord COMMAND --help tells more.",
  ].join("\n");
}
