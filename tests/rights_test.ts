/** Each right of the manifest has its row, and docs/permissions.md says what the rows say. */
import { deepEqual, equal } from "node:assert/strict";
import { LEADER_ROWS } from "./api/rbac/leader_rows.ts";
import { nameOf, rightsOfManifest, type Role } from "./api/rbac/rights.ts";
import { SPEAKER_ROWS } from "./api/rbac/speaker_rows.ts";
import type { RightRow } from "./api/rbac/deed.ts";
import { PERMISSIONS_PAGE, withRights } from "./api/rbac/page.ts";

const ROWS: Readonly<Record<Role, readonly RightRow[]>> = {
  leader: LEADER_ROWS,
  speaker: SPEAKER_ROWS,
};

for (const role of ["leader", "speaker"] as const) {
  Deno.test(`each right that the manifest gives the ${role} has its row, and no other has`, async () => {
    const rights = (await rightsOfManifest()).filter((right) => right.role === role);
    deepEqual(ROWS[role].map(({ right }) => right).toSorted(), rights.map(nameOf).toSorted());
  });
}

Deno.test("the manifest gives no right by a wildcard", async () => {
  const wide = (await rightsOfManifest()).filter(({ group, resource, verb }) =>
    [group, resource, verb].includes("*")
  );
  deepEqual(wide, []);
});

Deno.test("docs/permissions.md has the rows; tests/api/rbac/page.ts writes them", async () => {
  const page = await Deno.readTextFile(PERMISSIONS_PAGE);
  equal(page, await withRights(page));
});
