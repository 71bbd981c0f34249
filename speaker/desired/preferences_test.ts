import assert from "node:assert/strict";
import type { L2Advertisement, LabelSelector } from "../../config/config.ts";
import { advertisementOf, labelled, nodeOf, serviceOf } from "../testing.ts";
import { coverageOf } from "./advertising.ts";
import { preferencesOf } from "./preferences.ts";

const VIP = "192.168.0.200";
const WEB = serviceOf("default/web", [VIP], { labels: { app: "web" } });
const MAIL = serviceOf("default/mail", [VIP], { labels: { app: "mail" } });
const NODES = [
  nodeOf("n1", { labels: { disk: "ssd", zone: "a" } }),
  nodeOf("n2", { labels: { disk: "ssd", zone: "b" } }),
  nodeOf("n3", { labels: { zone: "b" } }),
];

const SSD = labelled("disk", "ssd");
const ZONE_B = labelled("zone", "b");
const ANY: LabelSelector = { matchLabels: {}, matchExpressions: [] };

interface Row {
  readonly name: string;
  readonly advertisements: readonly L2Advertisement[];
  /** @default [WEB] */
  readonly services?: readonly (typeof WEB)[];
  /** By node; absent: nobody is preferred. */
  readonly want: readonly (readonly [string, number])[] | undefined;
}

const rows: readonly Row[] = [
  { name: "no preferences", advertisements: [advertisementOf("all")], want: undefined },
  {
    name: "one",
    advertisements: [preferring("ad", [[10, SSD]])],
    want: [["n1", 10], ["n2", 10]],
  },
  {
    name: "weights that select a node add up",
    advertisements: [preferring("ad", [[10, SSD], [5, ZONE_B]])],
    want: [["n1", 10], ["n2", 15], ["n3", 5]],
  },
  {
    name: "the same one twice counts twice",
    advertisements: [preferring("ad", [[10, SSD], [10, SSD]])],
    want: [["n1", 20], ["n2", 20]],
  },
  {
    name: "over several advertisements, alike or not",
    advertisements: [
      preferring("a", [[10, SSD]]),
      preferring("b", [[10, SSD]]),
      preferring("c", [[1, ZONE_B]]),
    ],
    want: [["n1", 20], ["n2", 21], ["n3", 1]],
  },
  {
    name: "of those only that select the node",
    advertisements: [
      advertisementOf("all"),
      preferring("b", [[10, SSD]], { nodeSelectors: [ZONE_B] }),
    ],
    want: [["n2", 10]],
  },
  {
    name: "of those only that are for the Service",
    advertisements: [
      advertisementOf("all"),
      preferring("mail", [[10, SSD]], { serviceSelectors: [labelled("app", "mail")] }),
    ],
    want: undefined,
  },
  {
    name: "a shared address: of those for any of its Services, each once",
    advertisements: [
      preferring("all", [[1, ZONE_B]]),
      preferring("mail", [[10, SSD]], { serviceSelectors: [labelled("app", "mail")] }),
    ],
    services: [WEB, MAIL],
    want: [["n1", 10], ["n2", 11], ["n3", 1]],
  },
  {
    name: "an empty selector, every node alike",
    advertisements: [preferring("ad", [[10, ANY]])],
    want: undefined,
  },
  {
    name: "selects nobody",
    advertisements: [preferring("ad", [[10, labelled("disk", "nvme")]])],
    want: undefined,
  },
];

Deno.test("preferencesOf() sums up the weights", async (t) => {
  for (const { name, advertisements, services = [WEB], want } of rows) {
    await t.step(name, () => {
      const preferences = preferencesOf(coverageOf(services, advertisements), NODES);
      assert.deepEqual(preferences && [...preferences], want);
    });
  }
});

function preferring(
  name: string,
  weights: readonly (readonly [number, LabelSelector])[],
  change: Partial<L2Advertisement> = {},
): L2Advertisement {
  const preferences = weights.map(([weight, selector]) => ({ weight, selector }));
  return advertisementOf(name, { ...change, preferences });
}
