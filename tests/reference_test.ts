import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { COMMANDS } from "../cli/commands.ts";
import { GATES } from "../controller/gate.ts";
import { registeredMetrics } from "../docs/reference/code/metrics.ts";
import { codePages } from "../docs/reference/code/pages.ts";
import { ANNOUNCEMENT_GATES } from "../explain/gate.ts";
import { readPages } from "./docs/blocks.ts";
import { listSources, ROOT } from "./source.ts";

const PAGE = await Deno.readTextFile(`${ROOT}docs/reference.md`);

Deno.test("docs/reference is what the code says; docs/reference/write.ts writes it", async (t) => {
  for (const [name, text] of Object.entries(await codePages())) {
    await t.step(name, async () => {
      equal(await Deno.readTextFile(`${ROOT}docs/reference/${name}`), text);
    });
  }
});

Deno.test("docs/reference.md speaks of no flag that there is not", async () => {
  const commands = await Promise.all(COMMANDS.map(({ load }) => load()));
  const flags = new Set(commands.flatMap(({ spec }) => spec.flags).map(({ name }) => name));
  for (const [, name = ""] of PAGE.matchAll(/`--([a-z0-9-]+)/g)) {
    ok(flags.has(name), `--${name} is no flag`);
  }
});

Deno.test("docs/reference.md has a row for each gate, in order", () => {
  const section = PAGE.slice(PAGE.indexOf("### The gates"), PAGE.indexOf("### As JSON"));
  const rows = [...section.matchAll(/^\| `([a-z-]+)`/gm)].map(([, gate]) => gate);
  deepStrictEqual(rows, [...GATES, "assignment", ...ANNOUNCEMENT_GATES]);
});

/** What pages say of MetalLB alone. */
const METALLB_ALONE = ["metallb_allocator_services_allocated_total"];

const METRIC = /\b(?:metallb|lanlord)_[a-z0-9_]*[a-z0-9]\b(?!\.ts)/g;

Deno.test("docs/reference/metrics.md has every metric that a source names", async () => {
  const { leader, speaker } = registeredMetrics();
  const registered = new Set([...leader, ...speaker].map(({ name }) => name));
  const engine = (await listSources()).filter((path) =>
    /^(controller|speaker|ops|kube)\//.test(path) && !path.endsWith("_test.ts")
  );
  const texts = await Promise.all(engine.map((path) => Deno.readTextFile(ROOT + path)));
  const named = new Set(texts.flatMap((text) => text.match(METRIC) ?? []));
  deepStrictEqual(named.difference(registered), new Set());
  ok(named.size > 40, `only ${named.size} metrics were found in the sources`);
});

Deno.test("pages speak of no metric that there is not", async () => {
  const { leader, speaker } = registeredMetrics();
  const registered = new Set([...leader, ...speaker].map(({ name }) => name));
  const pages = (await readPages()).filter(({ path }) => path.startsWith("docs/"));
  for (const { path, text } of pages) {
    for (const name of text.match(METRIC) ?? []) {
      ok(registered.has(name) || METALLB_ALONE.includes(name), `${path}: ${name} is no metric`);
    }
  }
});

Deno.test("docs/reference/annotations.md has every annotation, label and condition of ours", async () => {
  const page = await Deno.readTextFile(`${ROOT}docs/reference/annotations.md`);
  const engine = (await listSources()).filter((path) =>
    /^(config|controller|speaker)\//.test(path) && !path.endsWith("_test.ts")
  );
  const texts = await Promise.all(engine.map((path) => Deno.readTextFile(ROOT + path)));
  const named = texts.flatMap((text) =>
    [...text.matchAll(/"((?:metallb\.io|lanlord\.dev)\/[A-Za-z-]+)";/g)].map(([, name = ""]) =>
      name
    )
  );
  ok(named.length > 10, `only ${named.length} were found in the sources`);
  for (const name of named) ok(page.includes(`\`${name}\``), `${name} is not on the page`);
});
