import type { LabelSelector } from "./config.ts";
import type { Reader, Spot } from "./reader.ts";
import { nearestWord } from "./suggest.ts";
import { quote } from "./tree.ts";

type Expression = LabelSelector["matchExpressions"][number];

/** How a label selector spells its two keys: as in the API, or as in MetalLB's ConfigMap. */
export interface SelectorKeys {
  readonly labels: "matchLabels" | "match-labels";
  readonly expressions: "matchExpressions" | "match-expressions";
}

/** The spelling of `metav1.LabelSelector`. */
export const API_KEYS: SelectorKeys = { labels: "matchLabels", expressions: "matchExpressions" };

/** The spelling of `node-selectors` in the ConfigMap. */
export const CONFIG_MAP_KEYS: SelectorKeys = {
  labels: "match-labels",
  expressions: "match-expressions",
};

const OPERATORS = ["In", "NotIn", "Exists", "DoesNotExist"] as const;

/** Reads a list of selectors, any of which may match; the same one twice is an error, as in MetalLB. */
export function readSelectors(
  reader: Reader,
  spot: Spot | undefined,
  keys: SelectorKeys,
): readonly LabelSelector[] {
  const seen = new Map<string, string>();
  return reader.list(spot).flatMap((item) => {
    const selector = readSelector(reader, item, keys);
    if (selector === undefined) return [];
    const key = canonical(selector);
    const earlier = seen.get(key);
    if (earlier !== undefined) {
      reader.error(item, `Cannot use selector ${quote(item.name)}: it is the same as ${earlier}`);
    }
    if (earlier === undefined) seen.set(key, quote(item.name));
    return [selector];
  });
}

/** Reads one selector; an empty one selects everything, as in Kubernetes. */
export function readSelector(
  reader: Reader,
  spot: Spot,
  keys: SelectorKeys,
): LabelSelector | undefined {
  const fields = reader.fields(
    spot,
    [keys.labels, keys.expressions],
    `selector ${quote(spot.name)}`,
  );
  if (fields === undefined) return undefined;
  const labels: [string, string][] = [];
  for (const entry of reader.entries(fields.get(keys.labels), quote(keys.labels))) {
    const value = reader.text(entry);
    checkKey(reader, entry, entry.key);
    if (value === undefined) continue;
    checkValue(reader, entry, value);
    labels.push([entry.key, value]);
  }
  return {
    matchLabels: Object.fromEntries(labels),
    matchExpressions: readExpressions(reader, fields.get(keys.expressions)),
  };
}

function readExpressions(reader: Reader, spot: Spot | undefined): readonly Expression[] {
  const seen = new Set<string>();
  return reader.list(spot).flatMap((item) => {
    const expression = readExpression(reader, item);
    if (expression === undefined) return [];
    const key = JSON.stringify([expression.key, expression.operator, expression.values.toSorted()]);
    if (seen.has(key)) {
      reader.error(item, `Cannot use expression ${quote(item.name)}: it stands there twice`);
    }
    seen.add(key);
    return [expression];
  });
}

function readExpression(reader: Reader, spot: Spot): Expression | undefined {
  const what = `expression ${quote(spot.name)}`;
  const fields = reader.fields(spot, ["key", "operator", "values"], what);
  if (fields === undefined) return undefined;
  const key = reader.text(fields.get("key"));
  if (key === undefined || key === "") {
    reader.error(fields.get("key") ?? spot, `Cannot use ${what}: need "key", have none`);
  } else checkKey(reader, fields.get("key") ?? spot, key);
  const operator = readOperator(reader, fields.get("operator"), spot, what);
  const values = readValues(reader, fields.get("values"));
  if (operator === undefined) return undefined;
  const wantsValues = operator === "In" || operator === "NotIn";
  if (wantsValues && values.length === 0) {
    reader.error(spot, `Cannot use ${what}: operator ${operator} needs "values", have none`);
  }
  if (!wantsValues && values.length > 0) {
    const place = fields.get("values") ?? spot;
    reader.error(place, `Cannot use ${what}: operator ${operator} takes no "values"`);
  }
  return { key: key ?? "", operator, values };
}

function readOperator(
  reader: Reader,
  spot: Spot | undefined,
  parent: Spot,
  what: string,
): Expression["operator"] | undefined {
  const text = reader.text(spot);
  const operator = OPERATORS.find((known) => known === text);
  if (operator !== undefined) return operator;
  if (spot !== undefined && text === undefined) return undefined;
  const meant = text === undefined ? undefined : nearestWord(text, OPERATORS);
  const hint = meant === undefined ? "" : `; did you mean ${meant}`;
  reader.error(
    spot ?? parent,
    `Cannot use ${what}: need operator In, NotIn, Exists or DoesNotExist, have ${
      text === undefined ? "none" : quote(text)
    }${hint}`,
  );
  return undefined;
}

function readValues(reader: Reader, spot: Spot | undefined): readonly string[] {
  const seen = new Set<string>();
  return reader.texts(spot).map(({ text, spot: item }) => {
    checkValue(reader, item, text);
    if (seen.has(text)) {
      reader.error(item, `Cannot use value ${quote(text)}: it stands there twice`);
    }
    seen.add(text);
    return text;
  });
}

/** A qualified name as Kubernetes has it: an optional DNS subdomain and `/`, then up to 63 characters. */
function checkKey(reader: Reader, spot: Spot, key: string): void {
  const [name = "", prefix, ...more] = key.split("/").reverse();
  const isName = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(name);
  const isPrefix = prefix === undefined ||
    (prefix.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
      .test(prefix));
  if (isName && isPrefix && more.length === 0) return;
  reader.error(
    spot,
    `Cannot use label key ${quote(key)}: need letters, digits, "-", "_" and "." ` +
      '(at most 63), after an optional DNS name and "/"',
  );
}

function checkValue(reader: Reader, spot: Spot, value: string): void {
  if (/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/.test(value)) return;
  reader.error(
    spot,
    `Cannot use label value ${quote(value)}: need letters, digits, "-", "_" and "." (at most 63)`,
  );
}

/** The same text for selectors that say the same in another order. */
function canonical(selector: LabelSelector): string {
  const labels = Object.entries(selector.matchLabels).map((pair) => pair.join("=")).toSorted();
  const expressions = selector.matchExpressions
    .map(({ key, operator, values }) => JSON.stringify([key, operator, values.toSorted()]))
    .toSorted();
  return JSON.stringify([labels, expressions]);
}
