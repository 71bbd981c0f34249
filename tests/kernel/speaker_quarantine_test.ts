/** A machine of somebody else's uses addresses of the pool: leader, speakers and it, on real kernels. */
import assert from "node:assert/strict";
import type { Machine } from "../../demo/lan/lan.ts";
import type { JsonObject, Service } from "../../kube/types.ts";
import { SERVICES } from "../../kube/resources.ts";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { annotations } from "./annotations.ts";
import {
  nodeName,
  NODES,
  ofNode,
  openSpeakerLan,
  type SpeakerLan,
  startAll,
} from "./speaker_lan.ts";

const [FIRST, SECOND, THIRD] = ["192.168.0.200", "192.168.0.201", "192.168.0.202"] as const;

testWith(
  ["netns", "arping"],
  "a Service leaves an address that a stranger uses, and the address is given out again later",
  async (t) => {
    await using lan = await openSpeakerLan();
    const { hub } = lan.lan;
    await use(hub, FIRST);
    const speakers = await startAll(lan, ["--quarantine", "1"]);
    lan.startLeader();

    await t.step(
      "the first address is a stranger's: the Service ends with the second",
      async () => {
        await create(lan, "web");
        await untilAddress(lan, "web", SECOND);
        const owner = await lan.settled(SECOND);
        assert.ok(NODES.some((node) => node === owner), owner);
      },
    );

    await t.step("Event and Lease say why", async () => {
      const events = await lan.events();
      const mac = await macOfHub(hub);
      const why =
        `AddressQuarantined: ${FIRST} is used by ${mac}, which belongs to no node of ours `;
      assert.ok(events.some((event) => event.startsWith(why)), events.join("\n"));
      assert.ok(events.some((event) => event.endsWith(`the Service gets ${SECOND} instead`)));
      assert.match(await told(lan), new RegExp(`"${FIRST}","mac":"${mac}","interface":"eth0"`));
    });

    await t.step("a Service that asks for it by name is told that it is set aside", async () => {
      await create(lan, "named", { loadBalancerIP: FIRST });
      await eventually("the refusal", 20, async () => {
        const service = await read(lan, "named");
        return service?.conditions.find(({ reason }) => reason === "Quarantined");
      });
    });

    await t.step("the speakers start anew: they go on looking", async () => {
      for (const node of NODES) await ofNode(speakers, nodeName(node)).end("SIGKILL");
      await startAll(lan, ["--quarantine", "1"]);
      // The second write after the start is the first that could spoil what was told before it.
      for (const subnet of ["10.9.0", "10.9.1"]) await untilSubnetIsTold(lan, subnet);
      assert.match(await told(lan), new RegExp(`"${FIRST}"`));
    });

    await t.step("the stranger leaves: the address is given out", async () => {
      await leave(hub, FIRST);
      await untilAddress(lan, "named", FIRST, 60);
      assert.equal(await told(lan), "");
      const owner = await lan.settled(FIRST);
      assert.ok(NODES.some((node) => node === owner), owner);
    });

    await t.step("a stranger takes a held address: the Service goes on to a third", async () => {
      await use(hub, SECOND);
      await hub.run(["arping", "-U", "-c", "1", "-I", "br0", SECOND]);
      await untilAddress(lan, "web", THIRD);
      const owner = await lan.settled(THIRD);
      assert.ok(NODES.some((node) => node === owner), owner);
    });

    await t.step("a stranger takes the one asked for by name: it stays, and is told", async () => {
      await use(hub, FIRST);
      await hub.run(["arping", "-U", "-c", "1", "-I", "br0", FIRST]);
      await untilConflict(lan, "named", "RequestedByName");
      await leave(hub, FIRST);
      await untilConflict(lan, "named", undefined);
      assert.equal(addressOf(await read(lan, "named")), FIRST);
    });
  },
);

async function use(hub: Machine, address: string): Promise<void> {
  await hub.run(["ip", "addr", "add", `${address}/32`, "dev", "br0"]);
}

async function leave(hub: Machine, address: string): Promise<void> {
  await hub.run(["ip", "addr", "del", `${address}/32`, "dev", "br0"]);
}

async function macOfHub(hub: Machine): Promise<string> {
  const { stdout } = await hub.run(["ip", "-brief", "link", "show", "br0"]);
  return stdout.match(/(?:[0-9a-f]{2}:){5}[0-9a-f]{2}/)?.[0] ?? "";
}

async function create({ api }: SpeakerLan, name: string, spec: JsonObject = {}): Promise<void> {
  const body = JSON.stringify({
    metadata: { name },
    spec: { type: "LoadBalancer", ports: [{ port: 80 }], selector: { app: name }, ...spec },
  });
  const headers = { "content-type": "application/json" };
  const at = "http://api/api/v1/namespaces/default/services";
  const response = await api.fetch(at, { method: "POST", body, headers });
  assert.equal(response.status, 201, await response.text());
}

async function read({ api }: SpeakerLan, name: string): Promise<Service | undefined> {
  const response = await api.fetch(`http://api/api/v1/namespaces/default/services/${name}`);
  return SERVICES.parse(await response.json());
}

function addressOf(service: Service | undefined): string | undefined {
  return service?.ingress[0]?.ip;
}

async function untilAddress(
  lan: SpeakerLan,
  name: string,
  want: string,
  limitSeconds = 30,
): Promise<void> {
  await eventually(
    `${name} to have ${want}`,
    limitSeconds,
    async () => addressOf(await read(lan, name)) === want || undefined,
  );
}

async function untilConflict(
  lan: SpeakerLan,
  name: string,
  want: string | undefined,
): Promise<void> {
  await eventually(`${name} to have the condition ${want}`, 60, async () => {
    const service = await read(lan, name);
    const found = service?.conditions.find(({ type }) => type === "lanlord.dev/AddressConflict");
    return found?.reason === want || undefined;
  });
}

/** Gives each node one more subnet, and waits until its Lease tells of it. */
async function untilSubnetIsTold(lan: SpeakerLan, subnet: string): Promise<void> {
  for (const node of NODES) {
    const address = ["ip", "addr", "add", `${subnet}.1/24`, "dev", "eth0"];
    await lan.lan.machine(node).run(address);
  }
  await eventually(`${subnet}.0/24 in all Leases`, 20, async () => {
    const texts = await annotations(lan, "lanlord.dev/interfaces");
    return texts.filter((text) => text.includes(subnet)).length === NODES.length || undefined;
  });
}

/** What all nodes tell of strangers. */
async function told(lan: SpeakerLan): Promise<string> {
  return (await annotations(lan, "lanlord.dev/conflicts")).join("");
}
