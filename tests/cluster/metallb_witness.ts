import { readLines } from "../../demo/wire/watcher.ts";
import { eventually } from "../eventually.ts";
import type { Access } from "./given.ts";
import type { Sighting } from "./metallb_sightings.ts";

/** A witness on the LAN of a lab. */
export interface Witness extends AsyncDisposable {
  /** Ends it; all that it saw since it had seen each of its targets, in order. */
  end(): Promise<readonly Sighting[]>;
}

/** Starts a witness of these `address:port` or addresses; resolves when it has seen each of them. */
export async function openWitness(access: Access, targets: readonly string[]): Promise<Witness> {
  const main = new URL("metallb_witness_main.ts", import.meta.url).pathname;
  const [program = "", ...args] = [
    ...access.client.split(" "),
    ...["setpriv", "--pdeathsig", "KILL", "--", Deno.execPath(), "run", "-A", main],
    ...targets,
  ];
  const options = { stdin: "piped", stdout: "piped", stderr: "inherit" } as const;
  const child = new Deno.Command(program, { args, ...options }).spawn();
  let sightings: Sighting[] = [];
  const reading = readLines(child.stdout, (line) => sightings.push(JSON.parse(line)));
  let ending: Promise<void> | undefined;
  const finish = async (): Promise<void> => {
    await child.stdin.close();
    await Promise.all([child.status, reading]);
  };
  const end = async (): Promise<readonly Sighting[]> => {
    await (ending ??= finish());
    return sightings;
  };
  const seen = (): number =>
    new Set(sightings.filter(isAnswer).map(({ kind, address }) => kind + address)).size;
  const addresses = new Set(targets.map((target) => target.split(":")[0]));
  const pages = targets.filter((target) => target.includes(":"));
  await eventually("a page of every address", 30, () => {
    return Promise.resolve(seen() >= addresses.size + 2 * pages.length || undefined);
  });
  // kube-proxy may have known a new Service later than we: a first connection that failed was not ended by anybody.
  sightings = [];
  return {
    end,
    [Symbol.asyncDispose]: async () => {
      await end();
    },
  };
}

function isAnswer({ kind }: Sighting): boolean {
  return kind !== "broken";
}
