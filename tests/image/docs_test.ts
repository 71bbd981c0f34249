import { listOfContents } from "../../release/image.ts";
import { run } from "../command.ts";
import { blocksFor } from "../docs/blocks.ts";
import { judge, shellWords, titleOf } from "../docs/judge.ts";
import { testWith } from "../needs.ts";
import { imageArchive } from "./given.ts";

testWith(["image"], "commands about the image do what their page says", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "lanlord-image-docs-" });
  await using _folder = {
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
  // What `deno task image lanlord.tar` leaves behind.
  const archive = await imageArchive();
  await Deno.symlink(archive, `${folder}/lanlord.tar`);
  await Deno.writeTextFile(`${folder}/lanlord.tar.spdx.json`, await listOfContents(archive));
  for (const block of await blocksFor("image")) {
    await t.step(titleOf(block), async () => {
      judge(block, await run(["env", "-C", folder, ...shellWords(block)]));
    });
  }
});
