// deno-lint-ignore-file no-console
/** `witness_main.ts ADDRESS EVERY_MS`: a witness in the network namespace that it is started in. */
import { runWitness } from "../../demo/wire/witness.ts";

const [address = "", everyMs] = Deno.args;
await runWitness(
  { address, everyMs: Number(everyMs) },
  (line) => console.log(JSON.stringify(line)),
  new AbortController().signal,
);
