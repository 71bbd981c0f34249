import { deepEqual, equal, throws } from "node:assert/strict";
import { parse } from "yaml";
import { ROOT } from "../tests/source.ts";
import { helmPage, valueRows } from "./chart.ts";

const CHART = `${ROOT}deploy/chart`;

Deno.test("docs/helm.md has the chart's values; release/chart.ts writes it", async () => {
  equal(await Deno.readTextFile(`${ROOT}docs/helm.md`), await helmPage());
});

Deno.test("values are read with their comments", async (t) => {
  const rows = [
    { yaml: "# One\na: 1\n", want: [{ path: "a", fallback: "1", text: "One" }] },
    {
      yaml: '# A group\na:\n  # One\n  # and more\n  b: ""\n\n  # Two\n  c: [x]\n',
      want: [
        { path: "a.b", fallback: '""', text: "One and more" },
        { path: "a.c", fallback: '["x"]', text: "Two" },
      ],
    },
    {
      yaml: "# A map\na:\n  b: 1\n",
      want: [{ path: "a", fallback: '{"b":1}', text: "A map" }],
    },
  ];
  for (const { yaml, want } of rows) {
    await t.step(JSON.stringify(yaml), () => deepEqual(valueRows(yaml), want));
  }
  throws(() => valueRows("# One\na: 1\n\nb: 2\n"), /Cannot describe b: it has no comment/);
});

Deno.test("the chart has the version of the program", async () => {
  const { version } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const chart = parse(await Deno.readTextFile(`${CHART}/Chart.yaml`));
  deepEqual([chart.version, chart.appVersion], [version, version]);
});

Deno.test("the schema has the values, and beside them those of MetalLB", async () => {
  const described = new Set(
    valueRows(await Deno.readTextFile(`${CHART}/values.yaml`)).map(({ path }) => path),
  );
  const ignored: Readonly<Record<string, string>> = parse(
    await Deno.readTextFile(`${CHART}/files/metallb.yaml`),
  );
  const schema: Schema = JSON.parse(await Deno.readTextFile(`${CHART}/values.schema.json`));
  const known = [...pathsIn(schema, schema, described, "")];
  deepEqual(
    known.sort(),
    [...described, ...Object.keys(ignored), "global", "speaker.ignoreExcludeLB"].sort(),
  );
});

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly $ref?: string;
  readonly description?: string;
}

/** The values that a schema knows; what a described one has in it is not looked into, but for MetalLB's. */
function* pathsIn(
  root: Schema,
  schema: Schema,
  described: ReadonlySet<string>,
  prefix: string,
): Generator<string> {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const path = `${prefix}${name}`;
    const definition = property.$ref?.replace("#/definitions/", "") ?? "";
    const resolved = root.definitions?.[definition] ?? property;
    const isOne = described.has(path) || resolved.properties === undefined;
    if (isOne) yield path;
    const inner = [...pathsIn(root, resolved, described, `${path}.`)];
    yield* isOne ? inner.filter((each) => isIgnored(resolved, each)) : inner;
  }
}

/** Whether the last part of a path is one of MetalLB's own. */
function isIgnored({ properties = {} }: Schema, path: string): boolean {
  return properties[path.split(".").at(-1) ?? ""]?.description?.startsWith("MetalLB's") ?? false;
}
