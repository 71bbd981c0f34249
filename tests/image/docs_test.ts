import { listOfContents } from "../../release/image.ts";
import { blocksFor } from "../docs/blocks.ts";
import { openDesk } from "../docs/desk.ts";
import { judge, shellWords, titleOf } from "../docs/judge.ts";
import { testWith } from "../needs.ts";
import { imageArchive } from "./given.ts";

testWith(["image"], "commands about the image do what their page says", async (t) => {
  await using desk = await openDesk({});
  // What `deno task image lanlord.tar` leaves behind.
  const archive = await imageArchive();
  await Deno.symlink(archive, `${desk.folder}/lanlord.tar`);
  await Deno.writeTextFile(`${desk.folder}/lanlord.tar.spdx.json`, await listOfContents(archive));
  for (const block of await blocksFor("image")) {
    await t.step(titleOf(block), async () => {
      judge(block, await desk.run(shellWords(block)));
    });
  }
});
