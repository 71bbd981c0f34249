import assert from "node:assert/strict";
import { ROOT } from "../tests/source.ts";
import { besideMetallb } from "./beside_metallb.ts";

Deno.test("deploy/beside-metallb.yaml is what its part says; release/beside_metallb.ts writes it", async () => {
  assert.equal(await Deno.readTextFile(`${ROOT}deploy/beside-metallb.yaml`), await besideMetallb());
});
