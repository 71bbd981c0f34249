import assert from "node:assert/strict";
import type { JsonObject } from "../../kube/types.ts";
import { eventually } from "../eventually.ts";
import { testWith } from "../needs.ts";
import { defineKinds, patch, resource, service } from "./cluster_objects.ts";
import { NODES, openSpeakerLan, type SpeakerLan, startAll } from "./speaker_lan.ts";

const POOL = { addresses: ["172.16.0.0/24"] };
const VIP = "172.16.0.1";
const ADVERTISEMENTS = "/apis/metallb.io/v1beta1/namespaces/metallb-system/l2advertisements";

testWith(["netns", "arping"], "advertisements choose nodes, interfaces and Services", async (t) => {
  await using lan = await openSpeakerLan();
  await defineKinds(lan);
  lan.api.load([
    resource("IPAddressPool", "dmz", POOL),
    resource("L2Advertisement", "dmz", {
      serviceSelectors: [{ matchLabels: { app: "web" } }],
      interfaces: ["eth9"],
    }),
  ]);
  await startAll(lan, ["--log-level", "debug"]);
  lan.api.load([service("web", VIP)]);

  await t.step("a Service that no advertisement is for", async () => {
    await refusal(lan, "service-not-selected");
    assert.deepEqual(await lan.answering(VIP), []);
  });

  await t.step("an interface that no node has: one Warning, whatever the nodes", async () => {
    await patch(lan, "/api/v1/namespaces/default/services/web", {
      metadata: { labels: { app: "web" } },
    });
    for (const node of NODES) await refusal(lan, "interface-missing", node);
    const events = await eventually("an Event", 10, async () => {
      const found = await lan.events();
      return found.length > 0 ? found : undefined;
    });
    assert.deepEqual(events, [
      `announceFailed: the interfaces specified by LB IP "${VIP}" doesn't exist in assigned node "n1" with protocol "layer2"`,
    ]);
  });

  await t.step("an interface that is named, off its subnet", async () => {
    await patch(lan, `${ADVERTISEMENTS}/dmz`, { spec: { interfaces: ["eth9", "eth0"] } });
    const owner = await lan.settled(VIP);
    assert.ok(NODES.some((node) => node === owner), owner);
  });

  await t.step("another advertisement, for two of the nodes", async () => {
    const owner = await lan.settled(VIP);
    const other = NODES.find((node) => node !== owner) ?? "";
    await patch(lan, `/api/v1/nodes/${other}`, { metadata: { labels: { zone: "a" } } });
    lan.api.load([resource("L2Advertisement", "zone", {
      nodeSelectors: [{ matchLabels: { zone: "a" } }],
      serviceSelectors: [{ matchLabels: { app: "web" } }],
      interfaces: ["eth0"],
    })]);
    await patch(lan, `${ADVERTISEMENTS}/dmz`, { spec: { interfaces: ["eth9"] } });
    await eventually(`${other} to answer`, 10, async () => {
      const [one, ...more] = await lan.answering(VIP);
      return (one === other && more.length === 0) || undefined;
    });
  });

  await t.step("a second Service on the address, which no advertisement is for", async () => {
    lan.api.load([service("mail", VIP, { labels: { app: "mail" } })]);
    const shared = await eventually("Warnings at both Services", 10, async () => {
      const found = (await lan.events()).filter((line) => line.startsWith("sharedIPWith"));
      return found.length >= 2 ? found : undefined;
    });
    assert.equal(shared.length, 2);
    await eventually(
      "silence",
      5,
      async () => (await lan.answering(VIP)).length === 0 || undefined,
    );
  });
});

testWith(
  ["netns", "arping"],
  "with policy Local a ready endpoint counts before one that terminates",
  async () => {
    const address = "192.168.0.200";
    await using lan = await openSpeakerLan();
    lan.api.load([
      service("web", address, { spec: { externalTrafficPolicy: "Local" } }),
      slice([["n1", "ready"]]),
    ]);
    await startAll(lan);
    assert.equal(await lan.settled(address), "n1");
    const at = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/web";
    const answers = (node: string): Promise<true> =>
      eventually(`${node} to answer`, 10, async () => {
        const [one, ...more] = await lan.answering(address);
        return (one === node && more.length === 0) || undefined;
      });

    await patch(lan, at, { endpoints: endpoints([["n1", "terminating"]]) });
    await patch(lan, at, { endpoints: endpoints([["n1", "terminating"], ["n2", "ready"]]) });
    await answers("n2");
    await patch(lan, at, { endpoints: endpoints([["n3", "terminating"]]) });
    await answers("n3");
  },
);

testWith(["netns", "arping"], "an excluded interface announces nothing", async () => {
  const file = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(file, "announcedInterfacesToExclude: [^eth]\n");
    await using lan = await openSpeakerLan();
    await lan.start("n1", ["--exclude-interfaces", file, "--log-level", "debug"]);
    await lan.start("n2");
    await lan.assign("whoami", "192.168.0.200");
    await lan.assign("second", "192.168.0.201");
    await refusal(lan, "no-interface", "n1");
    assert.equal(await lan.settled("192.168.0.200"), "n2");
    assert.equal(await lan.settled("192.168.0.201"), "n2");
  } finally {
    await Deno.remove(file);
  }
});

/** Waits for the reason in the log of a node. */
async function refusal(lan: SpeakerLan, reason: string, node = "n"): Promise<void> {
  await eventually(`${node} to say ${reason}`, 10, async () => {
    const lines = (await lan.log()).filter((line) => line.startsWith(node));
    return lines.some((line) => line.includes("notEligible") && line.includes(reason)) || undefined;
  });
}

type EndpointsOf = readonly (readonly [node: string, state: "ready" | "terminating"])[];

function endpoints(of: EndpointsOf): readonly JsonObject[] {
  return of.map(([nodeName, state], i) => ({
    addresses: [`10.244.0.${i + 1}`],
    nodeName,
    conditions: { ready: state === "ready", serving: true, terminating: state === "terminating" },
  }));
}

function slice(of: EndpointsOf): JsonObject {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      namespace: "default",
      name: "web",
      labels: { "kubernetes.io/service-name": "web" },
    },
    addressType: "IPv4",
    ports: [],
    endpoints: endpoints(of),
  };
}
