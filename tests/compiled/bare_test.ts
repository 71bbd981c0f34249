import assert from "node:assert/strict";
import { type Api, createApi, serveApi } from "../../demo/api/mod.ts";
import { run } from "../command.ts";
import { eventually } from "../eventually.ts";
import { kubeconfigText } from "../kubeconfig.ts";
import { testWith } from "../needs.ts";
import { announcement, CONFIG_MAP, makeLink, ONE_NODE, VIP } from "../one_node.ts";
import { openCell } from "./cell.ts";
import { compiledLanlord } from "./given.ts";

interface Row {
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly code: number;
  /** In what it writes. */
  readonly says: RegExp;
}

const rows: readonly Row[] = [
  { args: ["version"], code: 0, says: /^lanlord \d+\.\d+\.\d+ \(.*linux-gnu\)$/m },
  { args: ["--help"], code: 0, says: /^Commands:$/m },
  { args: ["check", "/config.json"], code: 0, says: /0 errors/ },
  { args: ["check", "-"], stdin: "a: [", code: 1, says: /^stdin:1:5: error: /m },
  { args: ["convert", "/config.json"], code: 0, says: /kind: IPAddressPool/ },
  { args: ["explain", "-f", "/cluster.json", "whoami"], code: 1, says: /no ClusterIP/ },
  { args: ["status", "-f", "/cluster.json"], code: 0, says: /whoami/ },
  {
    args: ["plan", "-f", "/config.json", "--cluster", "/cluster.json"],
    code: 0,
    says: /whoami|change/i,
  },
  { args: ["leader"], code: 1, says: /^lanlord leader: Cannot find the cluster/m },
];

testWith(
  ["netns", "root", "compiled"],
  "the compiled program needs nothing but the C library, and writes nothing",
  async (t) => {
    await using cell = await openCell(await compiledLanlord(), {
      "/config.json": JSON.stringify(CONFIG_MAP),
      "/cluster.json": JSON.stringify({ apiVersion: "v1", kind: "List", items: ONE_NODE }),
    }, "read-only");
    for (const { args, stdin, code, says } of rows) {
      await t.step(args.join(" "), async () => {
        const found = await cell.run(args, stdin);
        const text = found.stdout + found.stderr;
        assert.equal(found.code, code, text);
        assert.match(text, says);
      });
    }
  },
);

testWith(
  ["netns", "root", "compiled"],
  "a compiled leader and speaker serve a cluster from a folder with nothing else",
  async () => {
    await makeLink();
    const api = createApi();
    api.load(ONE_NODE);
    const stop = new AbortController();
    const served = serveApi(api, { hostname: "127.0.0.1", port: 0 }, stop.signal);
    try {
      await serveFrom(served.url, api);
    } finally {
      stop.abort();
      await served.finished;
    }
  },
);

async function serveFrom(url: string, api: Api): Promise<void> {
  const program = await compiledLanlord();
  await using cell = await openCell(program, { "/kubeconfig": kubeconfigText(url) }, "writable");
  const before = await cell.list();
  const flags = ["--kubeconfig", "/kubeconfig", "--http", "off"];
  const roles = [["leader", ...flags], ["speaker", "--node-name", "n1", ...flags]]
    .map((args) => cell.start(args));
  const outputs = roles.map((role) => role.output());
  try {
    await eventually("the speaker announces the address", 30, () => announcement(api));
    const { stdout } = await run(["ip", "-o", "address", "show", "dev", "lan0"]);
    assert.match(stdout, new RegExp(`inet ${VIP}/32 `));
  } finally {
    for (const role of roles) tryKill(role);
  }
  const ends = await Promise.all(outputs);
  const log = ends.map(({ stdout, stderr }) => text(stdout) + text(stderr)).join("");
  assert.deepEqual(ends.map(({ code }) => code), [0, 0], log);
  // Both read under /proc/sys, which Deno itself opens to nobody here.
  assert.doesNotMatch(log, /hostNotChecked|nothingRemembered/);
  assert.deepEqual(await cell.list(), [...before, "/run/lanlord/n1.json"].sort());
}

function tryKill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGTERM");
  } catch {
    // It has ended already: its exit code and its log tell.
  }
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
