import { deepEqual, equal, match } from "node:assert/strict";
import { testWith } from "../needs.ts";
import { cells, openStage } from "./kubectl_stage.ts";

const DEFINITIONS = new URL("../../deploy/crds/", import.meta.url).pathname;

const POOL = `apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: { name: first, namespace: default }
spec: { addresses: [192.168.0.200-192.168.0.250] }
`;

testWith(["kubectl"], "kubectl applies MetalLB's definitions and kinds", async (t) => {
  await using stage = openStage();
  const { run, fail } = stage;
  const apply = (stdin: string): Promise<string> => run(["apply", "-f", "-"], { stdin });

  await t.step("a kind is served as soon as its definition is applied", async () => {
    await run(["apply", "-f", DEFINITIONS]);
    await run(["wait", "--for=condition=Established", "crd", "--all"]);
    equal(await apply(POOL), "ipaddresspool.metallb.io/first created\n");
    equal(await apply(POOL), "ipaddresspool.metallb.io/first unchanged\n");
  });

  await t.step("defaults of the schema are filled in", async () => {
    equal(
      await run(["get", "ipaddresspools", "first", "-o", "jsonpath={.spec.autoAssign}"]),
      "true",
    );
  });

  await t.step("columns are those of the definition", async () => {
    deepEqual(cells(await run(["get", "ipaddresspools"])), [
      "NAME|AUTO ASSIGN|AVOID BUGGY IPS|ADDRESSES",
      'first|true|false|["192.168.0.200-192.168.0.250"]',
    ]);
  });

  await t.step("faults are named", async () => {
    const rows: readonly (readonly [string, RegExp])[] = [
      [POOL.replace(/spec: .*/, "spec: {}"), /spec\.addresses: Required value/],
      [POOL.replace(/\[.*\]/, "5"), /spec\.addresses in body must be of type array: "integer"/],
      [POOL.replace("addresses", "adresses"), /unknown field "spec\.adresses"/],
    ];
    for (const [manifest, want] of rows) {
      match(await fail(["apply", "-f", "-"], { stdin: manifest.replace("first", "bad") }), want);
    }
  });

  await t.step("changes, explanations and deletion", async () => {
    await run([
      "patch",
      "ipaddresspool",
      "first",
      "--type=merge",
      "-p",
      '{"spec":{"autoAssign":false}}',
    ]);
    equal(await run(["get", "ipaddresspools", "-o", "jsonpath={..generation}"]), "2");
    match(await run(["explain", "ipaddresspool.spec"]), /addresses\t<\[\]string> -required-/);
    await run(["delete", "crd", "ipaddresspools.metallb.io"]);
    match(await fail(["get", "ipaddresspools"]), /doesn't have a resource type|could not find/);
  });
});
