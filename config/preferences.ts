import type { Preference } from "./config.ts";
import type { Reader, Spot } from "./reader.ts";
import { API_KEYS, readSelector } from "./selector.ts";
import { quote } from "./tree.ts";

/** Reads `preferredNodeSelectors` of an L2Advertisement. The same entry twice counts twice, as in MetalLB. */
export function readPreferences(reader: Reader, spot: Spot | undefined): readonly Preference[] {
  return reader.list(spot).flatMap((item) => {
    const preference = readPreference(reader, item);
    return preference === undefined ? [] : [preference];
  });
}

function readPreference(reader: Reader, item: Spot): Preference | undefined {
  const what = `preference ${quote(item.name)}`;
  const fields = reader.fields(item, ["weight", "preference"], what);
  if (fields === undefined) return undefined;
  if (fields.get("weight") === undefined) {
    reader.error(item, `Cannot use ${what}: need a "weight" from 1 to 100, have none`);
  }
  const weight = reader.integer(fields.get("weight"), 1, 100);
  const preference = fields.get("preference");
  if (preference === undefined) {
    reader.error(item, `Cannot use ${what}: need a "preference", have none`);
    return undefined;
  }
  const selector = readSelector(reader, preference, API_KEYS);
  return weight === undefined || selector === undefined ? undefined : { weight, selector };
}
