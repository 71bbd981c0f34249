import manifest from "../deno.json" with { type: "json" };
import baked from "./commit.json" with { type: "json" };

/** The version of this build, as in deno.json. */
export const VERSION: string = manifest.version;

/** Which commit this is, and whether the files are as they are in it. */
export interface Commit {
  readonly hash: string;
  readonly isDirty: boolean;
}

const ROOT = new URL("..", import.meta.url).pathname;

/**
 * The commit that this program was made from: as `deno task compile` or `git archive` wrote it down
 * (cli/commit.json); else, run from source, as git tells; `undefined` where nobody knows.
 */
export async function readCommit(): Promise<Commit | undefined> {
  return parseCommit(baked.commit) ?? (Deno.build.standalone ? undefined : await askGit());
}

/** Reads what `formatCommit` wrote; `undefined` for what git archive has not replaced. */
export function parseCommit(text: string): Commit | undefined {
  const [, hash, dirty] = /^([0-9a-f]{40})(-dirty)?$/.exec(text) ?? [];
  return hash === undefined ? undefined : { hash, isDirty: dirty !== undefined };
}

/** The hash, with `-dirty` behind it where files differ from the commit's. */
export function formatCommit({ hash, isDirty }: Commit): string {
  return isDirty ? `${hash}-dirty` : hash;
}

/** What `lanlord version` prints. */
export async function versionText(): Promise<string> {
  const commit = await readCommit();
  const short = commit && formatCommit({ ...commit, hash: commit.hash.slice(0, 12) });
  const facts = [`deno ${Deno.version.deno}`, Deno.build.target];
  return `lanlord ${VERSION} (${[...short ? [`commit ${short}`] : [], ...facts].join(", ")})`;
}

async function askGit(): Promise<Commit | undefined> {
  const hash = await git("rev-parse", "HEAD");
  const changes = await git("status", "--porcelain", "--untracked-files=no");
  return hash === undefined || changes === undefined
    ? undefined
    : parseCommit(formatCommit({ hash, isDirty: changes !== "" }));
}

/** What git says of this folder's own repository, not of one around it. */
async function git(...words: readonly string[]): Promise<string | undefined> {
  try {
    const args = [`--git-dir=${ROOT}.git`, `--work-tree=${ROOT}`, ...words];
    const { success, stdout } = await new Deno.Command("git", { args, stderr: "null" }).output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch {
    // No git here, or it may not be run: then nobody knows.
    return undefined;
  }
}
