import assert from "node:assert/strict";
import { AdvertisementsSeen } from "./advertisements_seen.ts";

type Objects = readonly (readonly [name: string, version: number])[];

interface Row {
  readonly name: string;
  readonly staysInForce: boolean;
  /** What the API has, one after the other. */
  readonly seen: readonly Objects[];
  readonly want: Objects;
}

const ROWS: readonly Row[] = [
  {
    name: "what is deleted counts no more",
    staysInForce: false,
    seen: [[["a", 1], ["b", 1]], [["b", 1]]],
    want: [["b", 1]],
  },
  {
    name: "beside MetalLB what is deleted still counts",
    staysInForce: true,
    seen: [[["a", 1], ["b", 1]], [["b", 1]], []],
    want: [["a", 1], ["b", 1]],
  },
  {
    name: "what is changed counts as it is now, and so does what comes back",
    staysInForce: true,
    seen: [[["a", 1], ["b", 1]], [["b", 2]], [["a", 3], ["b", 2], ["c", 1]]],
    want: [["a", 3], ["b", 2], ["c", 1]],
  },
];

Deno.test("AdvertisementsSeen says which L2Advertisements count", async (t) => {
  for (const { name, staysInForce, seen, want } of ROWS) {
    await t.step(name, () => {
      const advertisements = new AdvertisementsSeen<number>({ staysInForce });
      const counting = seen.map((each) => advertisements.see(new Map(each))).at(-1);
      assert.deepEqual(counting, new Map(want));
    });
  }
});
