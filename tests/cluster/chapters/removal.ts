// deno-lint-ignore-file no-console
import assert from "node:assert/strict";
import { eventually } from "../../eventually.ts";
import { NAMESPACE, type Operator } from "../operator.ts";
import type { Chapter, Story } from "./story.ts";
import { awaitReady, configure } from "./tutorial.ts";

/** `kubectl delete -f`, what it leaves, and Lanlord installed once more. */
export const REMOVAL: readonly Chapter[] = [
  { name: "a Service gives its address back", tell: deleteService },
  { name: "kubectl delete -f leaves no address, and no object", tell: remove },
  { name: "installed again, every Service has the address it had", tell: reinstall },
];

/** The kernel lease, and as much again. */
const LEASE_LIMIT_SECONDS = 60;

/** So that the address of another Service is not the first that is free. */
async function deleteService({ operator, first }: Story): Promise<void> {
  await operator.expose("kept");
  await operator.kubectl("delete", "service", "whoami");
  await eventually("nobody answers", 30, async () => {
    return await operator.ask(first) === undefined || undefined;
  });
  assert.deepEqual(await operator.holdersOf(first), []);
}

async function remove({ operator, manifest }: Story): Promise<void> {
  const addresses = await addressesOf(operator);
  assert.ok(addresses.length > 0);
  const began = performance.now();
  const { code, stderr } = await operator.cluster.kubectl(["delete", "-f", "-"], manifest);
  assert.equal(code, 0, stderr);
  const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(1);
  const deleted = seconds(began);
  await eventually("no node has an address", LEASE_LIMIT_SECONDS, async () => {
    const holders = await Promise.all(addresses.map((address) => operator.holdersOf(address)));
    return holders.flat().length === 0 || undefined;
  });
  console.log(
    `kubectl delete took ${deleted} s, the last address was gone after ${seconds(began)} s`,
  );
  await assertNothingLeft(operator, manifest);
  assert.deepEqual(await addressesOf(operator), addresses, "the Services' status stays");
}

async function reinstall({ operator, manifest, ...rest }: Story): Promise<void> {
  const addresses = await addressesOf(operator);
  await operator.apply(manifest);
  await configure(operator);
  await awaitReady({ operator, manifest, ...rest });
  for (const address of addresses) {
    await eventually(`an answer of ${address}`, 60, () => operator.ask(address));
  }
  assert.deepEqual(await addressesOf(operator), addresses);
}

/** The addresses in the status of the Services of the default namespace, by their names. */
async function addressesOf(operator: Operator): Promise<readonly string[]> {
  const shown = "jsonpath={.items[*].status.loadBalancer.ingress[*].ip}";
  return (await operator.kubectl("get", "services", "-o", shown)).split(" ").filter(Boolean);
}

async function assertNothingLeft(operator: Operator, manifest: string): Promise<void> {
  const names = await operator.cluster.kubectl(
    ["get", "-f", "-", "--ignore-not-found", "-o", "name"],
    manifest,
  );
  assert.equal(names.stdout, "", "objects of the manifest");
  const leases = await operator.kubectl("get", "leases", "-A", "-o", "name");
  assert.doesNotMatch(leases, /lanlord/);
  const services = await operator.kubectl("get", "services", "-A", "-o", "json");
  assert.doesNotMatch(services, /finalizers/);
  const groups = await operator.kubectl("api-versions");
  assert.doesNotMatch(groups, /metallb\.io/);
  const events = await operator.cluster.kubectl(["get", "namespace", NAMESPACE]);
  assert.match(events.stderr, /NotFound/);
  for (const node of await operator.nodes()) {
    const look = ["sh", "-c", "iptables-save; ip rule; ip route show table all; ip -o address"];
    const { stdout } = await operator.cluster.node(node, look);
    assert.doesNotMatch(stdout, /lanlord/i, `left on ${node}`);
  }
}
