import assert from "node:assert/strict";
import { sequenceSvg } from "../docs/sequence.ts";
import { readPages } from "./docs/blocks.ts";
import { ROOT } from "./source.ts";

Deno.test("every link between our pages leads somewhere", async (t) => {
  for (const { path, text } of await readPages()) {
    await t.step(path, async () => {
      const broken: string[] = [];
      for (const [, target = ""] of withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        const [file = "", anchor] = target.split("#");
        const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/") + 1) : "";
        const linked = file === "" ? path : folder + file;
        const isThere = await Deno.stat(ROOT + linked).then(() => true, () => false);
        const hasAnchor = anchor === undefined || !linked.endsWith(".md") ||
          (isThere && anchorsOf(await Deno.readTextFile(ROOT + linked)).includes(anchor));
        if (!isThere || !hasAnchor) broken.push(target);
      }
      assert.deepEqual(broken, []);
    });
  }
});

Deno.test("every `deno task` that a page names is one", async (t) => {
  const config = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  for (const { path, text } of await readPages()) {
    await t.step(path, () => {
      const named = [...text.matchAll(/\bdeno(?:@[\d.]+)? task ([a-z][a-z:]*)/g)]
        .map(([, task = ""]) => task);
      assert.deepEqual(named.filter((task) => !(task in config.tasks)), []);
    });
  }
});

Deno.test("pages and manifests name the image with the version of deno.json", async () => {
  const { version } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  const manifests = ["deploy/parts/leader.yaml", "deploy/parts/speaker.yaml"];
  const texts = [
    ...await readPages(),
    ...await Promise.all(
      manifests.map(async (path) => ({ path, text: await Deno.readTextFile(ROOT + path) })),
    ),
  ].filter(({ path }) => path !== "CHANGELOG.md");
  const named = texts.flatMap(({ path, text }) =>
    [...text.matchAll(/\blanlord:(\d+\.\d+\.\d+)/g)].map(([, found]) => ({ path, found }))
  );
  assert.ok(named.length >= 6, `${named.length} names`);
  assert.deepEqual(named.filter(({ found }) => found !== version), []);
});

Deno.test("docs/sequence.svg is what docs/sequence.ts draws", async () => {
  assert.equal(await Deno.readTextFile(`${ROOT}docs/sequence.svg`), sequenceSvg());
});

function withoutCode(text: string): string {
  return text.replace(/^```[^]*?^```/gm, "").replace(/`[^`\n]*`/g, "");
}

/** The anchors of a page's headings, as code hosts make them. */
function anchorsOf(text: string): readonly string[] {
  const headings = text.replace(/^```[^]*?^```/gm, "").matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = ""]) =>
    heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").trim().replaceAll(" ", "-")
  );
}
