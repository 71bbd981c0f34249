// deno-lint-ignore-file no-console
/** `deno run -A tests/api/rbac/page.ts`: writes the tables of `docs/permissions.md` anew, from the rows. */
import { code, formatPage, replaceBetween, table } from "../../../docs/reference/code/markdown.ts";
import { ROOT } from "../../source.ts";
import type { RightRow } from "./deed.ts";
import { LEADER_ROWS } from "./leader_rows.ts";
import { nameOf, type Right, rightsOfManifest, type Role } from "./rights.ts";
import { SPEAKER_ROWS } from "./speaker_rows.ts";

/** The page. */
export const PERMISSIONS_PAGE = `${ROOT}docs/permissions.md`;

const ROWS: readonly (readonly [Role, readonly RightRow[]])[] = [
  ["leader", LEADER_ROWS],
  ["speaker", SPEAKER_ROWS],
];

const END = "<!-- end -->";

/**
 * The page with the tables as they should be, each between `<!-- rights of the leader -->` and `<!-- end -->`.
 *
 * @throws RangeError where the page has no place for a table
 */
export async function withRights(page: string): Promise<string> {
  const rights = await rightsOfManifest();
  const written = ROWS.reduce((text, [role, rows]) => {
    const own = new Map(
      rights.filter((right) => right.role === role).map((right) => [nameOf(right), right]),
    );
    return replaceBetween(text, [`<!-- rights of the ${role} -->`, END], tableOf(rows, own));
  }, page);
  return await formatPage(written);
}

function tableOf(rows: readonly RightRow[], rights: ReadonlyMap<string, Right>): string {
  const lines = rows.map(({ right, breaks }) => {
    const { verb, group, resource, scope, names } = rights.get(right) ?? NO_RIGHT;
    const where = scope === "cluster" ? "everywhere" : "in its namespace";
    const which = names.length === 0 ? "" : `, ${names.map(code).join(", ")} alone`;
    const [plural, subresource] = resource.split("/");
    const whole = [group === "" ? plural : `${plural}.${group}`, subresource].filter(Boolean);
    return [code(verb), code(whole.join("/")), `${where}${which}`, breaks];
  });
  return table([["verb", "of", "where", "without it"], ...lines]);
}

const NO_RIGHT = { verb: "?", group: "", resource: "?", scope: "cluster", names: [] } as const;

if (import.meta.main) {
  const page = await Deno.readTextFile(PERMISSIONS_PAGE);
  await Deno.writeTextFile(PERMISSIONS_PAGE, await withRights(page));
  console.log("docs/permissions.md is written");
}
