import { runController } from "../controller/mod.ts";
import type { Command } from "./command.ts";
import { ROLE_FLAGS, roleOptions, runRole } from "./role.ts";

/** `lanlord leader`: decides which Service gets which address. */
export const LEADER: Command = {
  spec: {
    name: "leader",
    summary:
      "Decide which Service gets which address. Run two or three: one leads, the others stand by.",
    flags: [...ROLE_FLAGS, {
      name: "identity",
      value: "NAME",
      text:
        "Who this is in the Lease lanlord-leader, one name a process; else host name and a random suffix",
      env: "LANLORD_IDENTITY",
      form: { pattern: /\S/, text: "a name" },
    }],
    examples: [
      ["lanlord leader", "in a pod, with its service account"],
      [
        "lanlord leader --kubeconfig /etc/lanlord/leader.kubeconfig --log-level debug",
        "on a machine",
      ],
    ],
  },
  run: (flags, io) =>
    runRole("leader", flags, io, (deps, signal) => {
      const identity = flags.get("identity") ?? `${io.hostname}-${crypto.randomUUID().slice(0, 8)}`;
      return runController({ ...roleOptions(flags), identity }, deps, signal);
    }),
};
