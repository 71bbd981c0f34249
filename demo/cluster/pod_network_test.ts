import assert from "node:assert/strict";
import type { Container } from "./objects.ts";
import { listenPorts, nextPodAddress, podRoutes } from "./pod_network.ts";
import { nodeOf } from "./testing.ts";
import { whoamiText } from "./whoami.ts";

const container: Container = { name: "whoami", image: "x", args: [], env: {}, ports: [] };

const rows: readonly {
  readonly name: string;
  given: Partial<Container>;
  want: readonly number[];
}[] = [
  { name: "nothing said", given: {}, want: [80] },
  { name: "declared", given: { ports: [port(8080), port(8443)] }, want: [8080, 8443] },
  {
    name: "environment",
    given: { env: { WHOAMI_PORT_NUMBER: "81" }, ports: [port(80)] },
    want: [81],
  },
  { name: "flag and word", given: { args: ["/whoami", "--port", "82"] }, want: [82] },
  {
    name: "flag with =",
    given: { args: ["-port=83"], env: { WHOAMI_PORT_NUMBER: "81" } },
    want: [83],
  },
];

Deno.test("listenPorts()", async (t) => {
  for (const { name, given, want } of rows) {
    await t.step(name, () => assert.deepEqual(listenPorts({ ...container, ...given }), want));
  }
});

Deno.test("nextPodAddress() gives the first that is free, until all are taken", () => {
  assert.equal(nextPodAddress("10.244.1.0/24", []), "10.244.1.2");
  assert.equal(nextPodAddress("10.244.1.0/24", ["10.244.1.3", "10.244.1.2"]), "10.244.1.4");
  const all = Array.from({ length: 253 }, (_, i) => `10.244.1.${i + 2}`);
  assert.equal(nextPodAddress("10.244.1.0/24", all), undefined);
});

Deno.test("podRoutes() leads to the other nodes' pods", () => {
  assert.deepEqual(podRoutes([nodeOf(2), nodeOf(1)], "n1"), [
    "route replace 10.244.2.0/24 via 192.168.0.12",
  ]);
});

Deno.test("whoamiText() has the lines of whoami, in its order", () => {
  const asked = {
    remoteAddress: "192.168.0.99",
    remotePort: 40000,
    method: "GET",
    target: "/x?y=1",
    headers: [["accept", "*/*"], ["user-agent", "curl/8"], ["host", "192.168.0.200"]],
  } as const;
  assert.equal(
    whoamiText({ hostname: "whoami-1", addresses: ["127.0.0.1", "10.244.1.2"] }, asked),
    [
      "Hostname: whoami-1",
      "IP: 127.0.0.1",
      "IP: 10.244.1.2",
      "RemoteAddr: 192.168.0.99:40000",
      "GET /x?y=1 HTTP/1.1",
      "Host: 192.168.0.200",
      "User-Agent: curl/8",
      "Accept: */*",
      "",
      "",
    ].join("\n"),
  );
});

function port(number: number): Container["ports"][number] {
  return { name: undefined, port: number };
}
