import { formatIp } from "../ip/address.ts";
import { keyOf } from "../kube/resource.ts";
import type { Decision } from "./allocate.ts";
import type { Verdict } from "./decide.ts";

/** The keys of the Services about which two verdicts differ; when something is written does not matter. */
export function differences(a: Verdict, b: Verdict): readonly string[] {
  const [x, y] = [textsOf(a), textsOf(b)];
  const keys = new Set([...x.keys(), ...y.keys()]);
  return [...keys].filter((key) => x.get(key) !== y.get(key)).toSorted();
}

/** What each Service is to have, and whether that must be written, by key. */
function textsOf({ decisions, actions }: Verdict): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const [key, decision] of decisions) texts.set(key, textOf(decision));
  for (const { service, kind } of actions) {
    const key = keyOf(service.meta);
    texts.set(key, `${kind}: ${texts.get(key)}`);
  }
  return texts;
}

function textOf({ addresses, refusal, cleared, moved, stays }: Decision): string {
  const refusals = [refusal, ...cleared].map((each) => each?.message ?? "");
  const conflicts = [
    ...moved.map(({ from }) => formatIp(from.address)),
    ...stays.map(({ on, reason }) => `${formatIp(on.address)} ${reason}`),
  ];
  return [...addresses.map(formatIp), ...refusals, ...conflicts].join("\n");
}
