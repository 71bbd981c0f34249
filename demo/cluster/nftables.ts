import type { Forward, Target } from "./forwarding.ts";

/** The mark by which packets to be masqueraded are known, as kube-proxy's. */
const MASQUERADE = "0x4000";
const TABLE = "lanlord-demo";

/**
 * The forwarding of one node as input of `nft -f -`. The table is replaced as a whole, in one transaction;
 * connections under way keep the pod that they have.
 *
 * @param nodeAddress what pods see as the client of masqueraded traffic to this node's own pods
 */
export function renderNftables(forwards: readonly Forward[], nodeAddress: string): string {
  const indexed = forwards.map((forward, i) => ({ forward, i }));
  const chains = indexed.flatMap(({ forward, i }) => [
    ...renderChain(`external-${i}`, forward.protocol, forward.external, forward.isMasqueraded),
    ...renderChain(`internal-${i}`, forward.protocol, forward.internal, true),
  ]);
  const rules = (side: "external" | "internal"): readonly string[] =>
    indexed.map(({ forward, i }) => `    ${matchOf(forward)} goto ${side}-${i}`);
  return [
    // So that deleting it is no error the first time.
    `table ip ${TABLE} {}`,
    `delete table ip ${TABLE}`,
    `table ip ${TABLE} {`,
    ...chains,
    "  chain prerouting {",
    "    type nat hook prerouting priority dstnat; policy accept;",
    ...rules("external"),
    "  }",
    "  chain output {",
    "    type nat hook output priority -100; policy accept;",
    ...rules("internal"),
    "  }",
    "  chain postrouting {",
    "    type nat hook postrouting priority srcnat; policy accept;",
    `    meta mark & ${MASQUERADE} == ${MASQUERADE} masquerade`,
    "  }",
    // Pods here live on the loopback device, so what goes to them never comes past postrouting.
    "  chain input {",
    "    type nat hook input priority 100; policy accept;",
    `    meta mark & ${MASQUERADE} == ${MASQUERADE} snat to ${nodeAddress}`,
    "  }",
    "}",
    "",
  ].join("\n");
}

function matchOf({ to, protocol, port }: Forward): string {
  const address = to.kind === "node-port" ? "fib daddr type local" : `ip daddr ${to.address}`;
  return `${address} ${protocol} dport ${port}`;
}

function renderChain(
  name: string,
  protocol: Forward["protocol"],
  targets: readonly Target[],
  isMasqueraded: boolean,
): readonly string[] {
  const pods = targets.map(({ address, port }, i) => [
    `  chain ${name}-${i} {`,
    `    meta l4proto ${protocol} dnat to ${address}:${port}`,
    "  }",
  ]);
  const choice = targets.map((_, i) => `${i} : goto ${name}-${i}`).join(", ");
  const mark = isMasqueraded ? [`    meta mark set meta mark | ${MASQUERADE}`] : [];
  // Without a pod the connection ends here, instead of reaching a port of the node's own.
  const body = targets.length === 0
    ? ["    drop"]
    : [...mark, `    numgen random mod ${targets.length} vmap { ${choice} }`];
  return [...pods.flat(), `  chain ${name} {`, ...body, "  }"];
}
