import assert from "node:assert/strict";
import { signalInside } from "../../demo/lan/holder.ts";
import { type Lan, macOf, openLan } from "../../demo/lan/lan.ts";
import { testWith } from "../needs.ts";

const MACHINES = { client: "192.168.0.99", n1: "192.168.0.11", n2: "192.168.0.12" };

testWith(["netns", "root"], "the LAN joins its machines, and unplugging one parts it", async () => {
  await using lan = await openLan({ machines: MACHINES });
  assert.equal(await macSeenBy(lan, "client", MACHINES.n1), macOf(MACHINES.n1));
  assert.equal(await macSeenBy(lan, "n2", MACHINES.n1), macOf(MACHINES.n1));
  await lan.unplug("n1");
  assert.match(await show(lan, "n1", ["link", "show", "eth0"]), /NO-CARRIER/);
  assert.equal(await macSeenBy(lan, "client", MACHINES.n1), undefined);
  await lan.plug("n1");
  assert.equal(await macSeenBy(lan, "client", MACHINES.n1), macOf(MACHINES.n1));
});

testWith(["netns", "root"], "machines forward, the client does not", async () => {
  await using lan = await openLan({ machines: MACHINES });
  const file = "/proc/sys/net/ipv4/ip_forward";
  assert.equal((await lan.machine("n1").run(["cat", file])).stdout, "1\n");
  assert.equal((await lan.machine("client").run(["cat", file])).stdout, "0\n");
});

testWith(
  ["netns", "root"],
  "reset() leaves a machine the addresses that it started with",
  async () => {
    await using lan = await openLan({ machines: MACHINES });
    const before = await show(lan, "n1", ["-o", "-4", "addr"]);
    await lan.machine("n1").run(["ip", "addr", "add", "192.168.0.200/32", "dev", "eth0"]);
    await lan.machine("n1").run(["ip", "addr", "add", "10.244.1.2/32", "dev", "lo"]);
    await lan.reset("n1");
    assert.equal(await show(lan, "n1", ["-o", "-4", "addr"]), before);
    assert.match(await show(lan, "n1", ["route"]), /default via 192\.168\.0\.1/);
  },
);

testWith(["netns", "root"], "a command is fed, heard, signalled and killed", async () => {
  await using lan = await openLan({ machines: { n1: MACHINES.n1 } });
  const n1 = lan.machine("n1");
  assert.deepEqual(await n1.run(["cat"], { stdin: "text" }), {
    code: 0,
    stdout: "text",
    stderr: "",
  });
  assert.equal((await n1.run(["sh", "-c", "exit 3"])).code, 3);
  // The shell says that it is there before it is signalled.
  const script = 'trap "exit 7" TERM; echo ready; while :; do sleep 0.05; done';
  await using obedient = n1.command(["sh", "-c", script], { stdout: "piped" }).spawn();
  const reader = obedient.stdout.getReader();
  await reader.read();
  await signalInside(obedient, "SIGTERM");
  assert.equal((await obedient.status).code, 7);
  await reader.cancel();
  const sleeper = n1.command(["sleep", "1000"], { stderr: "null" }).spawn();
  sleeper.kill("SIGKILL");
  assert.equal((await sleeper.status).success, false);
});

testWith(
  ["netns", "root"],
  "disposing ends every process of the LAN, also those that nobody ended",
  async () => {
    const lan = await openLan({ machines: { n1: MACHINES.n1 } });
    const namespace = await Deno.readLink(`/proc/${lan.machine("n1").pid}/ns/net`);
    const child = lan.machine("n1").command(["sleep", "1000"], { stderr: "null" }).spawn();
    await lan[Symbol.asyncDispose]();
    await lan[Symbol.asyncDispose]();
    await child.status;
    assert.deepEqual(await processesIn(new Set([namespace])), []);
  },
);

testWith(
  ["netns", "root"],
  "a LAN whose builder is killed with SIGKILL leaves nothing",
  async () => {
    const lan = new URL("../../demo/lan/lan.ts", import.meta.url).href;
    const code = `
    import { openLan } from ${JSON.stringify(lan)};
    const lan = await openLan({ machines: ${JSON.stringify(MACHINES)} });
    lan.machine("n1").command(["sleep", "1000"]).spawn();
    const pids = [lan.hub.pid, ...["client", "n1", "n2"].map((name) => lan.machine(name).pid)];
    console.log(pids.map((pid) => Deno.readLinkSync("/proc/" + pid + "/ns/net")).join(" "));
    await new Promise((resolve) => setTimeout(resolve, 1e9));
  `;
    const options = { stdout: "piped", stderr: "null" } as const;
    const builder = new Deno.Command(Deno.execPath(), { args: ["eval", code], ...options }).spawn();
    const reader = builder.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const namespaces = new Set((await reader.read()).value?.trim().split(" "));
    assert.equal(namespaces.size, 4);
    assert.ok((await processesIn(namespaces)).length >= 4);
    builder.kill("SIGKILL");
    await builder.status;
    await reader.cancel();
    const end = performance.now() + 10_000;
    while ((await processesIn(namespaces)).length > 0 && performance.now() < end);
    assert.deepEqual(await processesIn(namespaces), []);
  },
);

testWith(["netns", "root"], "a machine that is not there is an error that names it", async () => {
  await using lan = await openLan({ machines: { n1: MACHINES.n1 } });
  assert.throws(() => lan.machine("n9"), /"n9"/);
  await assert.rejects(openLan({ machines: { n1: "2001:db8::1" } }), /"2001:db8::1"/);
});

/** The MAC that a machine's kernel finds for an address, by trying to connect: no tool that sends ARP is needed. */
async function macSeenBy(lan: Lan, name: string, address: string): Promise<string | undefined> {
  const machine = lan.machine(name);
  await machine.run(["ip", "neigh", "flush", "dev", "eth0"]);
  const code = `await Deno.connect({ hostname: "${address}", port: 9 }).catch(() => {})`;
  await machine.run([Deno.execPath(), "eval", code]);
  const text = await show(lan, name, ["neigh", "show", address]);
  return /lladdr (?<mac>[0-9a-f:]+)/.exec(text)?.groups?.["mac"];
}

async function show(lan: Lan, name: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await lan.machine(name).run(["ip", ...args]);
  assert.equal(code, 0, stderr);
  return stdout;
}

async function processesIn(namespaces: ReadonlySet<string>): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name: pid } of Deno.readDir("/proc")) {
    if (!/^[0-9]+$/.test(pid)) continue;
    const namespace = await Deno.readLink(`/proc/${pid}/ns/net`).catch(() => "");
    if (namespaces.has(namespace)) found.push(pid);
  }
  return found;
}
