// deno-lint-ignore-file no-console
/** `deno run -A tests/api/rbac/page.ts`: writes the tables of `docs/permissions.md` anew, from the rows. */
import { run } from "../../command.ts";
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
    const place = new RegExp(`(<!-- rights of the ${role} -->\\n)[^]*?(<!-- end -->)`);
    if (!place.test(text)) throw new RangeError(`Cannot write the rights of the ${role}: no place`);
    const table = tableOf(rows, own);
    return text.replace(place, (_, head: string, end: string) => `${head}\n${table}\n${end}`);
  }, page);
  return await formatted(written);
}

function tableOf(rows: readonly RightRow[], rights: ReadonlyMap<string, Right>): string {
  const lines = rows.map(({ right, breaks }) => {
    const { verb, group, resource, scope, names } = rights.get(right) ?? NO_RIGHT;
    const where = scope === "cluster" ? "everywhere" : "in its namespace";
    const which = names.length === 0
      ? ""
      : `, ${names.map((name) => `\`${name}\``).join(", ")} alone`;
    const [plural, subresource] = resource.split("/");
    const whole = [group === "" ? plural : `${plural}.${group}`, subresource].filter(Boolean);
    return `| \`${verb}\` | \`${whole.join("/")}\` | ${where}${which} | ${breaks} |`;
  });
  return ["| verb | of | where | without it |", "| --- | --- | --- | --- |", ...lines, ""].join(
    "\n",
  );
}

const NO_RIGHT = { verb: "?", group: "", resource: "?", scope: "cluster", names: [] } as const;

async function formatted(text: string): Promise<string> {
  const { code, stdout, stderr } = await run(
    [Deno.execPath(), "fmt", "--ext", "md", "--config", `${ROOT}deno.json`, "-"],
    text,
  );
  if (code !== 0) throw new Error(`Cannot format the page: ${stderr}`);
  return stdout;
}

if (import.meta.main) {
  const page = await Deno.readTextFile(PERMISSIONS_PAGE);
  await Deno.writeTextFile(PERMISSIONS_PAGE, await withRights(page));
  console.log("docs/permissions.md is written");
}
