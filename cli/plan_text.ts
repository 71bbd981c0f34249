import { type Difference, isDisturbed, type ServiceDifference } from "../explain/mod.ts";
import { formatTable } from "./table.ts";

/** How much is shown: Services for which something changes, or all. */
export type Extent = "changes" | "all";

const HEAD = ["SERVICE", "WHAT", "ADDRESS", "THEN", "NODE", "THEN", "WHY"];

/** The Services in a table, and a summary of all. */
export function differenceText(difference: Difference, extent: Extent): readonly string[] {
  const { services, rejection } = difference;
  const shown = services.filter((each) => extent === "all" || isChanged(each));
  return [
    ...rejection === undefined ? [] : [`Would not come into force: ${rejection.message}`],
    ...shown.length === 0 ? [] : formatTable([HEAD, ...shown.map(rowOf)]),
    summaryOf(services),
  ];
}

/** What `lanlord plan -o json` prints; docs/reference.md describes it. */
export function differenceJson({ rejection, services, areNodesKnown }: Difference): string {
  const plain = { rejected: rejection?.message, nodesKnown: areNodesKnown, services };
  return JSON.stringify(plain, undefined, 2);
}

function rowOf(each: ServiceDifference): readonly string[] {
  const { service, before, after, owners, why = "" } = each;
  return [
    service,
    wordOf(each),
    listed(before),
    listed(after),
    listed(owners.flatMap((owner) => owner.before ?? [])),
    listed(
      owners.filter(({ address }) => after.includes(address)).map((owner) =>
        owner.after ?? "nobody"
      ),
    ),
    why,
  ];
}

function isChanged(each: ServiceDifference): boolean {
  if (each.fate === "wait") return each.waitsAlready !== true;
  return each.fate === "get" || isDisturbed(each);
}

function wordOf(each: ServiceDifference): string {
  if (each.fate !== "keep") return `${each.fate}s`;
  return isDisturbed(each) ? "moves" : "keeps";
}

function listed(texts: readonly string[]): string {
  return texts.length === 0 ? "-" : [...new Set(texts)].join(",");
}

function summaryOf(services: readonly ServiceDifference[]): string {
  const words = Map.groupBy(services, wordOf);
  const order = ["keeps", "moves", "gets", "changes", "loses", "waits"];
  const parts = order.flatMap((word) => {
    const count = words.get(word)?.length;
    if (count === undefined) return [];
    return [`${count} ${count === 1 ? word : word.slice(0, -1)}`];
  });
  const total = `${services.length} ${services.length === 1 ? "Service" : "Services"}`;
  return parts.length === 0 ? total : `${total}: ${parts.join(", ")}`;
}
