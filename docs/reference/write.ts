/** Writes the generated pages of this folder anew: `deno run -A docs/reference/write.ts`. */
import { generatePages } from "../../tests/rules/page_files.ts";
import { codePages } from "./code/pages.ts";

for (const [name, text] of Object.entries({ ...await generatePages(), ...await codePages() })) {
  await Deno.writeTextFile(new URL(name, import.meta.url), text);
}
