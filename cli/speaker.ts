import { EXCLUDED_INTERFACES_FILE } from "../config/mod.ts";
import { openNetlink } from "../netlink/mod.ts";
import { L2_MODES, ON_STRANGER, runSpeaker } from "../speaker/mod.ts";
import type { Command } from "./command.ts";
import { readExcluded } from "./excluded.ts";
import { OBJECT_NAME } from "./flags.ts";
import { UsageError } from "./io.ts";
import { ROLE_FLAGS, roleOptions, runRole } from "./role.ts";

/** Longer than a machine takes to reboot, or waits for its DHCP server. */
const DEFAULT_QUARANTINE_SECONDS = 600;

/** `lanlord speaker`: makes the network deliver the addresses to this node. */
export const SPEAKER: Command = {
  spec: {
    name: "speaker",
    summary:
      "Make the network deliver addresses to this node. Run one on every node; needs CAP_NET_RAW, and CAP_NET_ADMIN to bind.",
    flags: [...ROLE_FLAGS, {
      name: "node-name",
      value: "NAME",
      text: "The Node this is; required",
      env: "LANLORD_NODE_NAME",
      form: OBJECT_NAME,
    }, {
      name: "l2",
      value: "MODE",
      text: "Bind held addresses in the kernel, or answer for them from this process alone",
      choices: L2_MODES,
      fallback: "bind",
    }, {
      name: "on-stranger",
      value: "WHAT",
      text:
        "What it means that a station outside the cluster answers for an address: that it has it, or nothing (proxy ARP)",
      choices: ON_STRANGER,
      fallback: "yield",
    }, {
      name: "release-on-exit",
      text: "Hand the addresses over at every stop, not only where the Node is to go",
    }, {
      name: "beside-metallb",
      text:
        "For the time that MetalLB's speakers run on the same nodes: claim slowly, get ready when all is claimed, keep to L2Advertisements that are deleted",
    }, {
      name: "on-cordon",
      value: "WHAT",
      text: "What becomes of a cordoned node's addresses: it keeps them, or another takes them",
      choices: ["keep", "release"],
      fallback: "keep",
    }, {
      name: "quarantine",
      value: "SECONDS",
      text: "How long an address is not assigned after another machine was seen to use it",
      fallback: `${DEFAULT_QUARANTINE_SECONDS}`,
      form: { pattern: /^[0-9]{1,6}$/, text: "whole seconds, at most 999999" },
    }, {
      name: "exclude-interfaces",
      value: "FILE",
      text: `Interfaces to announce nothing on, as MetalLB's; else ${EXCLUDED_INTERFACES_FILE}`,
    }, {
      name: "state-dir",
      value: "DIR",
      text: "Keep what the API said here, for a start while it is away",
      env: "RUNTIME_DIRECTORY",
      fallback: "/run/lanlord",
    }],
    examples: [
      ["lanlord speaker --node-name $(hostname)", "on a node, with ~/.kube/config"],
      [
        "lanlord speaker --kubeconfig /etc/lanlord/speaker.kubeconfig --node-name n1 --http off",
        "without metrics and probes",
      ],
    ],
  },
  run: async (flags, io) => {
    const nodeName = flags.get("node-name");
    if (nodeName === undefined) {
      throw new UsageError("Which Node is this? Give --node-name or LANLORD_NODE_NAME");
    }
    const l2 = L2_MODES.find((mode) => mode === flags.get("l2")) ?? "bind";
    const onStranger = ON_STRANGER.find((what) => what === flags.get("on-stranger")) ?? "yield";
    const isExcluded = await readExcluded(flags.get("exclude-interfaces"));
    return await runRole("speaker", flags, io, async (deps, signal) => {
      await using netlink = openNetlink();
      const onCordon = flags.get("on-cordon") === "release" ? "release" as const : "keep" as const;
      const releaseOnExit = flags.has("release-on-exit");
      const besideMetallb = flags.has("beside-metallb");
      // systemd lists all of a unit's RuntimeDirectory= with colons between them.
      const stateFolder = flags.get("state-dir")?.split(":")[0] || undefined;
      const quarantineMs = Number(flags.get("quarantine")) * 1_000;
      const modes = { l2, onStranger, onCordon, releaseOnExit, besideMetallb };
      const own = { ...modes, nodeName, isExcluded, quarantineMs, stateFolder };
      const options = { ...roleOptions(flags), ...own };
      await runSpeaker(options, { ...deps, netlink }, signal);
    });
  },
};
