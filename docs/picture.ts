// deno-lint-ignore-file no-console
/**
 * Runs the demo and draws what it printed as `docs/demo.svg`, the lines that matter and in their colours.
 *
 *     deno task picture
 */
import { terminalSvg, withoutStyles } from "./terminal_svg.ts";

/** The first words of each step that is shown, and which of its lines are: all, or from the first match to the last. */
const STEPS: readonly { readonly title: string; readonly shown?: readonly RegExp[] }[] = [
  { title: "A LAN" },
  { title: "A Kubernetes API" },
  { title: "Three nodes", shown: [/\$ lanlord/] },
  { title: "The pool", shown: [/\$ kubectl/, /created/] },
  { title: "A Deployment" },
  { title: "From the client", shown: [/\$ curl/, /Hostname/, /IP: 10\./] },
  { title: "Who answers" },
  {
    title: "What Kubernetes knows",
    shown: [/\$ kubectl/, /LoadBalancer Ingress/, /IPAllocated/, /nodeAssigned/],
  },
  { title: "A power cut" },
  { title: "Tear-down" },
  { title: "Every step held" },
];

const root = new URL("..", import.meta.url);

/** Everything that the demo prints, line by line. @throws Error when a step did not hold */
async function runDemo(): Promise<readonly string[]> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("main.ts", root).pathname, "demo"],
    env: { FORCE_COLOR: "1" },
    stdin: "null",
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new Error(`Cannot draw the demo: it ended with exit code ${code}`);
  return new TextDecoder().decode(stdout).trim().split("\n");
}

/** The lines to show, a blank one between two steps. @throws Error when a step is missing */
function select(lines: readonly string[]): readonly string[] {
  const isTitle = (line: string): boolean => /^( ?[0-9]+ |Every)/.test(withoutStyles(line));
  return STEPS.flatMap(({ title, shown }) => {
    const begin = lines.findIndex((line) => isTitle(line) && line.includes(title));
    if (begin < 0) throw new Error(`Cannot draw the demo: want a step "${title}", found none`);
    const length = lines.slice(begin + 1).findIndex((line) => line === "" || isTitle(line));
    const body = lines.slice(begin + 1, length < 0 ? undefined : begin + 1 + length);
    const kept = shown === undefined
      ? body
      : body.filter((line) => shown.some((pattern) => pattern.test(withoutStyles(line))));
    return ["", lines[begin] ?? "", ...kept];
  });
}

if (import.meta.main) {
  const prompt = "\x1b[32m$\x1b[0m npx -y deno@2.9.6 task demo";
  const picture = terminalSvg([prompt, ...select(await runDemo())], {
    title: "lanlord demo, shortened",
    columns: 88,
  });
  const file = new URL("docs/demo.svg", root);
  await Deno.writeTextFile(file, picture);
  console.log(`Drawn: ${file.pathname}`);
}
