import assert from "node:assert/strict";
import { hashOf, readTree, type Tree, versionOf, writeTree } from "./tree.ts";

Deno.test("readTree() has what runs, and nothing else", async () => {
  const tree = await readTree();
  const paths = [...tree.keys()];
  assert.deepEqual(paths, paths.toSorted());
  for (const path of ["app/main.ts", "app/cli/commit.json", "app/deno.lock"]) {
    assert.ok(tree.has(path), path);
  }
  assert.ok(paths.some((path) => /^deno_dir\/npm\/.+\/yaml\/.+\.js$/.test(path)));
  const needless = /_test\.ts$|^app\/tests\/|\.d\.[cm]?ts$|\.map$|\/fast-check\//;
  assert.deepEqual(paths.filter((path) => needless.test(path)), []);
  assert.match(versionOf(tree), /^\d+\.\d+\.\d+$/);
});

Deno.test("readTree() of an entry that needs more has more", async () => {
  const paths = [...(await readTree("config/yaml_test.ts")).keys()];
  assert.ok(paths.includes("app/config/yaml_test.ts"));
  assert.ok(!paths.includes("app/main.ts"));
});

Deno.test("hashOf() tells trees apart", () => {
  const trees: readonly Readonly<Record<string, string>>[] = [
    { a: "1", b: "2" },
    { a: "12", b: "" },
    { ab: "12" },
    { a: "1", b: "3" },
  ];
  const hashes = trees.map((files) => hashOf(treeOf(files)));
  assert.equal(new Set(hashes).size, trees.length);
  assert.equal(hashOf(treeOf({ a: "1", b: "2" })), hashes[0]);
});

Deno.test("writeTree() makes all files of one instant", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lanlord-tree-" });
  try {
    await writeTree(treeOf({ "app/main.ts": "x", "app/cli/io.ts": "y" }), folder);
    assert.equal(await Deno.readTextFile(`${folder}/app/cli/io.ts`), "y");
    for (const path of ["app/main.ts", "app/cli/io.ts"]) {
      assert.equal((await Deno.stat(`${folder}/${path}`)).mtime?.getTime(), 0);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

function treeOf(files: Readonly<Record<string, string>>): Tree {
  return new Map(
    Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)]),
  );
}
