// deno-lint-ignore-file no-console
/**
 * `deno run -A release/chart.ts`: writes the tables of `docs/helm.md`, from the values of `deploy/chart` with
 * their comments, and from the list of MetalLB's values that mean nothing to it.
 */
import { isCollection, isMap, isScalar, type Pair, parse, parseDocument } from "yaml";
import { code, formatPage, replaceBetween, table } from "../docs/reference/code/markdown.ts";

const ROOT = new URL("..", import.meta.url).pathname;

/** What stands around the tables on the page. */
const MARKS = [
  "<!-- Written by release/chart.ts from deploy/chart/values.yaml. -->",
  "<!-- End of what release/chart.ts writes. -->",
] as const;

/** One value of the chart. */
export interface ValueRow {
  /** `speaker.image.tag` */
  readonly path: string;
  /** As it stands in the file. */
  readonly fallback: string;
  /** Its comment. */
  readonly text: string;
}

/**
 * The values of a values file, in its order. A map is one value if its first key has no comment.
 *
 * @throws Error for a value without a comment
 */
export function valueRows(yaml: string): readonly ValueRow[] {
  const { contents } = parseDocument(yaml);
  return isMap(contents) ? rowsIn(yaml, contents.items, "") : [];
}

function rowsIn(
  yaml: string,
  pairs: readonly Pair<unknown, unknown>[],
  prefix: string,
): readonly ValueRow[] {
  return pairs.flatMap(({ key, value }) => {
    if (!isScalar(key)) throw new Error(`Cannot read a key of ${prefix || "the values"}`);
    const path = `${prefix}${key.value}`;
    const [first] = isMap(value) && !value.flow ? value.items : [];
    if (isMap(value) && isScalar(first?.key) && commentAbove(yaml, first.key.range?.[0]) !== "") {
      return rowsIn(yaml, value.items, `${path}.`);
    }
    const text = commentAbove(yaml, key.range?.[0]);
    if (text === "") throw new Error(`Cannot describe ${path}: it has no comment`);
    return [{ path, fallback: fallbackOf(value), text }];
  });
}

/** The comment in the lines above the one with this offset. */
function commentAbove(yaml: string, offset = 0): string {
  const above = yaml.slice(0, offset).split("\n").slice(0, -1);
  const from = above.findLastIndex((line) => !/^ *#/.test(line)) + 1;
  return above.slice(from).map((line) => line.replace(/^ *# ?/, "")).join(" ");
}

function fallbackOf(value: unknown): string {
  if (isScalar(value)) return String(value.source || '""');
  return isCollection(value) ? JSON.stringify(value.toJSON()) : "";
}

/** The page with its tables as they are to be, formatted. */
export async function helmPage(): Promise<string> {
  const page = await Deno.readTextFile(`${ROOT}docs/helm.md`);
  const values = await Deno.readTextFile(`${ROOT}deploy/chart/values.yaml`);
  const ignored = parse(await Deno.readTextFile(`${ROOT}deploy/chart/files/metallb.yaml`));
  const tables = [
    table([
      ["value", "default", ""],
      ...valueRows(values).map(({ path, fallback, text }) => [code(path), code(fallback), text]),
    ]),
    "### Values of MetalLB's chart that mean nothing here",
    table([
      ["value", "because"],
      ...Object.entries(ignored).map(([path, why]) => [code(path), String(why)]),
    ]),
  ];
  return await formatPage(replaceBetween(page, MARKS, tables.join("\n\n")));
}

if (import.meta.main) {
  await Deno.writeTextFile(`${ROOT}docs/helm.md`, await helmPage());
  console.log("docs/helm.md is written");
}
