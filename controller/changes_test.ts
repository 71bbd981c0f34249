import { assertChange, type Change } from "../tests/changes/changes.ts";
import { FAMILY_ROWS } from "../tests/changes/family_rows.ts";
import { POOL_ROWS } from "../tests/changes/pool_rows.ts";
import { REQUEST_ROWS } from "../tests/changes/request_rows.ts";
import { SHARING_ROWS } from "../tests/changes/sharing_rows.ts";

const GROUPS: Readonly<Record<string, readonly Change[]>> = {
  "pools change under live Services": POOL_ROWS,
  "a live Service asks for something else": REQUEST_ROWS,
  "the terms of sharing change": SHARING_ROWS,
  "families change": FAMILY_ROWS,
};

for (const [group, rows] of Object.entries(GROUPS)) {
  Deno.test(group, async (t) => {
    for (const row of rows) await t.step(row.name, () => assertChange(row));
  });
}
