import assert from "node:assert/strict";
import type { ServiceAllocation } from "../config/config.ts";
import { accessRefusal, type Applicant, isOpenTo } from "./pool_access.ts";
import { allocationOf, labelled, testPool } from "./testing.ts";

interface Row {
  readonly name: string;
  readonly allocation: Partial<ServiceAllocation> | undefined;
  readonly applicant?: Partial<Applicant>;
  /** Why it is closed; `undefined`: it is open. */
  readonly want: string | undefined;
  readonly remedy?: string;
}

const NOT_FOR_WEB = 'its serviceAllocation is not for namespace "web"';
const NOT_SELECTED = 'its "serviceSelectors" do not select the Service';
const ADD = 'add "web" to "namespaces" of pool "p"';
const LABEL = `label namespace "web" so that "namespaceSelectors" of pool "p" select it, or ${ADD}`;
const LABEL_SERVICE = 'label the Service so that "serviceSelectors" of pool "p" select it';

// The applicant is in namespace "web", labelled team=blue, and is labelled tier=front.
const rows: readonly Row[] = [
  { name: "no serviceAllocation", allocation: undefined, want: undefined },
  { name: "a priority only", allocation: { priority: 1 }, want: undefined },
  { name: "its namespace by name", allocation: { namespaces: ["db", "web"] }, want: undefined },
  {
    name: "another namespace",
    allocation: { namespaces: ["db"] },
    want: NOT_FOR_WEB,
    remedy: ADD,
  },
  {
    name: "its namespace by label",
    allocation: { namespaceSelectors: [labelled("team", "red"), labelled("team", "blue")] },
    want: undefined,
  },
  {
    name: "either by name or by label is enough",
    allocation: { namespaces: ["web"], namespaceSelectors: [labelled("team", "red")] },
    want: undefined,
  },
  {
    name: "selectors that match no namespace close the pool",
    allocation: { namespaceSelectors: [labelled("team", "none")] },
    want: NOT_FOR_WEB,
    remedy: LABEL,
  },
  {
    name: "a Namespace without labels",
    allocation: { namespaceSelectors: [labelled("team", "blue")] },
    applicant: { namespaceLabels: {} },
    want: NOT_FOR_WEB,
    remedy: LABEL,
  },
  {
    name: "a Namespace that is not seen may have the labels",
    allocation: { namespaceSelectors: [labelled("team", "blue")] },
    applicant: { namespaceLabels: undefined },
    want: undefined,
  },
  {
    name: "but not another name",
    allocation: { namespaces: ["db"] },
    applicant: { namespaceLabels: undefined },
    want: NOT_FOR_WEB,
    remedy: ADD,
  },
  {
    name: "any of the Service selectors",
    allocation: { serviceSelectors: [labelled("tier", "back"), labelled("tier", "front")] },
    want: undefined,
  },
  {
    name: "none of the Service selectors",
    allocation: { serviceSelectors: [labelled("tier", "back")] },
    want: NOT_SELECTED,
    remedy: LABEL_SERVICE,
  },
  {
    name: "the namespace, but not the Service",
    allocation: { namespaces: ["web"], serviceSelectors: [labelled("tier", "back")] },
    want: NOT_SELECTED,
    remedy: LABEL_SERVICE,
  },
  {
    name: "the Service, but not the namespace",
    allocation: { namespaces: ["db"], serviceSelectors: [labelled("tier", "front")] },
    want: NOT_FOR_WEB,
    remedy: ADD,
  },
  {
    name: "neither",
    allocation: { namespaces: ["db"], serviceSelectors: [labelled("tier", "back")] },
    want: `${NOT_FOR_WEB}, and ${NOT_SELECTED}`,
    remedy: `${ADD}; and ${LABEL_SERVICE}`,
  },
];

Deno.test("a pool is open to Services whose namespace and labels its serviceAllocation allows", async (t) => {
  for (const { name, allocation, applicant, want, remedy } of rows) {
    await t.step(name, () => {
      const options = allocation && { serviceAllocation: allocationOf(allocation) };
      const pool = testPool("p", ["10.0.0.0/24"], options);
      const labels = { tier: "front" };
      const web = { namespace: "web", namespaceLabels: { team: "blue" }, labels, ...applicant };
      const refusal = accessRefusal(pool, web);
      const message = want && `pool p not compatible for ip assignment: ${want}`;
      assert.equal(refusal?.message, message);
      assert.equal(refusal?.remedy, remedy);
      assert.equal(isOpenTo(pool, web), want === undefined);
    });
  }
});
