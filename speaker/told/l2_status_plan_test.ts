import assert from "node:assert/strict";
import {
  L2_STATUSES,
  type L2Status,
  l2StatusName,
  l2StatusOf,
  newL2Status,
  nodeLabelOf,
  type WantedL2Status,
} from "./l2_status.ts";
import {
  type Announced,
  type L2StatusAction,
  L2StatusAttempts,
  planL2Statuses,
  wantedL2Statuses,
} from "./l2_status_plan.ts";

const WHOAMI = { namespace: "default", name: "whoami" };
const WANTED: WantedL2Status = { node: "n1", service: WHOAMI, interfaceName: "eth0", since: 5 };

/** The object of `WANTED` as the API has it, with what is different. */
function stored(changes: Partial<L2Status> = {}): L2Status {
  return {
    name: l2StatusName(WHOAMI),
    uid: "1",
    resourceVersion: "1",
    nodeLabel: "n1",
    service: "default/whoami",
    isNamedAfterService: true,
    node: "n1",
    interfaces: ["eth0"],
    ...changes,
  };
}

interface PlanRow {
  readonly name: string;
  readonly current: readonly L2Status[];
  readonly wanted: readonly WantedL2Status[];
  /** `create service`, `update uid`, `delete uid`. */
  readonly want: readonly string[];
}

const planRows: readonly PlanRow[] = [
  { name: "nothing of nothing", current: [], wanted: [], want: [] },
  { name: "what is new", current: [], wanted: [WANTED], want: ["create default/whoami"] },
  { name: "what is there", current: [stored()], wanted: [WANTED], want: [] },
  { name: "what was let go of", current: [stored()], wanted: [], want: ["delete 1"] },
  {
    name: "an object that never got its status",
    current: [stored({ node: undefined, interfaces: [] })],
    wanted: [WANTED],
    want: ["update 1"],
  },
  {
    name: "another interface",
    current: [stored({ interfaces: ["eth1"] })],
    wanted: [WANTED],
    want: ["update 1"],
  },
  {
    name: "an object of MetalLB on this node",
    current: [stored({ name: "l2-x7w2p", uid: "2", isNamedAfterService: false }), stored()],
    wanted: [WANTED],
    want: ["delete 2"],
  },
  {
    name: "an object of another node with this node's label",
    current: [stored({ node: "n2" })],
    wanted: [WANTED],
    want: ["delete 1", "create default/whoami"],
  },
];

Deno.test("planL2Statuses() says what is to be written", async (t) => {
  for (const { name, current, wanted, want } of planRows) {
    await t.step(name, () => {
      const byService = new Map(
        wanted.map((each) => [`${each.service.namespace}/${each.service.name}`, each]),
      );
      assert.deepEqual([...planL2Statuses(current, byService)].map(brief), want);
    });
  }
});

function brief(action: L2StatusAction): string {
  if (action.kind !== "create") return `${action.kind} ${action.current.uid}`;
  return `create ${action.wanted.service.namespace}/${action.wanted.service.name}`;
}

Deno.test("wantedL2Statuses() wants one object for each Service, by whoever has its first address", () => {
  const first: Readonly<Record<string, string>> = {
    "default/a": "192.168.0.200",
    "default/b": "192.168.0.200",
    "default/dual": "fd00::200",
  };
  const announced: readonly Announced[] = [
    announcedBy("192.168.0.200", "a", "b", "dual"),
    announcedBy("192.168.0.201", "unknown"),
  ];
  const wanted = wantedL2Statuses(
    "n1",
    announced,
    (address, service) => first[service] === address,
  );
  assert.deepEqual([...wanted.keys()], ["default/a", "default/b"], "two share the address");
  const both = [...announced, announcedBy("fd00::200", "dual")];
  const all = wantedL2Statuses("n1", both, (address, service) => first[service] === address);
  assert.deepEqual([...all.keys()], ["default/a", "default/b", "default/dual"]);
});

function announcedBy(key: string, ...names: readonly string[]): Announced {
  const about = { apiVersion: "v1", kind: "Service", namespace: "default", uid: "u" };
  return {
    key,
    interfaceName: "eth0",
    since: 0,
    services: names.map((name) => ({ ...about, name })),
  };
}

Deno.test("L2StatusAttempts tries the same again after a while, and a new claim at once", () => {
  const attempts = new L2StatusAttempts(30_000);
  const create: L2StatusAction = { kind: "create", wanted: WANTED };
  const later: L2StatusAction = { kind: "create", wanted: { ...WANTED, since: 6 } };
  assert.equal(attempts.isDue(create, 0), true);
  attempts.note(create, 0);
  assert.equal(attempts.isDue(create, 29_999), false);
  assert.equal(attempts.isDue(later, 29_999), true);
  assert.equal(attempts.isDue(create, 30_000), true);
  attempts.note(create, 30_000);
  attempts.forget(create);
  assert.equal(attempts.isDue(create, 30_001), true);
});

Deno.test("a status that is written is read as it was meant", () => {
  const object = { ...newL2Status(WANTED, undefined), ...l2StatusOf(WANTED) };
  const { metadata } = JSON.parse(JSON.stringify(object));
  const read = L2_STATUSES.parse({
    ...object,
    metadata: { ...metadata, uid: "1", resourceVersion: "1" },
  });
  assert.deepEqual(read, stored());
});

Deno.test("nodeLabelOf() fits into a label, and differs where the node does", () => {
  const long = `${"a".repeat(80)}.example`;
  const labels = ["n1", long, `${long}s`].map(nodeLabelOf);
  assert.equal(labels[0], "n1");
  assert.equal(new Set(labels).size, 3);
  for (const label of labels) assert.match(label, /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/);
});
