import assert from "node:assert/strict";
import { objectAt } from "../kube/json.ts";
import { parseMeta } from "../kube/resources.ts";
import { convertObjects, serviceObject } from "./testing.ts";

Deno.test("convert() makes several pools of more runs than one can have", () => {
  const left = Array.from(
    { length: 1_030 },
    (_, i) => serviceObject(`s${i}`, { held: [`10.0.${i >> 7}.${(i & 127) * 2}`] }),
  );
  const { objects, services } = convertObjects(left);
  const counts = objects.map((object) =>
    [
      parseMeta(object).name,
      objectAt(object, "spec")["addresses"] ?? [],
    ].map((each) => Array.isArray(each) ? each.length : each)
  );
  assert.deepEqual(counts, [["adopted", 1024], ["adopted-2", 6], ["layer2", 0]]);
  assert.equal(services.keptCount, 1_030);
});
