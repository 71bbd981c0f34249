import assert from "node:assert/strict";
import { DEFAULT_EXCLUDED_INTERFACES, parseExcludedInterfaces } from "./excluded_interfaces.ts";
import { formatPlace } from "./problem.ts";

const SOURCE = { kind: "file", file: "excludel2.yaml" } as const;

interface Row {
  readonly name: string;
  readonly text: string;
  /** Which of `NAMES` are left out. */
  readonly want?: readonly string[];
  readonly problems?: readonly string[];
}

const NAMES = ["eth0", "docker0", "br-docker", "lo", "loop0"] as const;

const ROWS: readonly Row[] = [
  {
    name: "as MetalLB installs it",
    text: "announcedInterfacesToExclude:\n- ^docker.*\n- ^lo$\n",
    want: ["docker0", "lo"],
  },
  {
    name: "a pattern matches anywhere in the name",
    text: "announcedInterfacesToExclude: [docker]",
    want: ["docker0", "br-docker"],
  },
  { name: "an empty file", text: "", want: [] },
  { name: "an empty list", text: "announcedInterfacesToExclude: []", want: [] },
  { name: "no list", text: "announcedInterfacesToExclude:", want: [] },
  {
    name: "a broken pattern",
    text: "announcedInterfacesToExclude:\n- ^eth\n- '(docker'\n",
    problems: [
      'excludel2.yaml:3:3: Cannot use pattern "(docker": need a regular expression, have a fault: Unterminated group',
    ],
  },
  {
    name: "what only Go knows",
    text: "announcedInterfacesToExclude: ['\\Aeth', '(?i)ETH', '[[:alpha:]]']",
    problems: [
      'excludel2.yaml:1:32: Cannot use pattern "\\\\Aeth": need "^", "$" and plain classes, have "\\\\A"',
      'excludel2.yaml:1:41: Cannot use pattern "(?i)ETH": need "^", "$" and plain classes, have "(?i)"',
      'excludel2.yaml:1:52: Cannot use pattern "[[:alpha:]]": need "^", "$" and plain classes, have "[[:"',
    ],
  },
  {
    name: "another key",
    text: "announcedInterfacesToExclud: [eth]",
    problems: [
      'excludel2.yaml:1:1: Cannot use key "announcedInterfacesToExclud" of excluded interfaces: not known, did you mean "announcedInterfacesToExclude"',
    ],
  },
  {
    name: "a text for the list",
    text: "announcedInterfacesToExclude: eth",
    problems: [
      'excludel2.yaml:1:31: Cannot read "announcedInterfacesToExclude": need a list, have the text "eth"',
    ],
  },
  {
    name: "no map",
    text: "- ^eth",
    problems: [
      'excludel2.yaml:1:1: Cannot read excluded interfaces: need a map of keys such as "announcedInterfacesToExclude", have a list',
    ],
  },
];

Deno.test("parseExcludedInterfaces() reads MetalLB's file", async (t) => {
  for (const { name, text, want = [], problems = [] } of ROWS) {
    await t.step(name, () => {
      const read = parseExcludedInterfaces(text, SOURCE);
      const told = read.problems.map((each) => `${formatPlace(each)}: ${each.message}`);
      assert.deepEqual(told, problems);
      if (problems.length > 0) return;
      assert.deepEqual(NAMES.filter((each) => read.patterns.some((one) => one.test(each))), want);
    });
  }
});

Deno.test("without a file the interfaces of container networks are left out", () => {
  const names = [
    "eth0",
    "bond0",
    "br0",
    "wlan0",
    "veth12",
    "cali1a",
    "cni0",
    "lo",
    "lxc1",
    "local0",
  ];
  const left = names.filter((name) => !DEFAULT_EXCLUDED_INTERFACES.some((one) => one.test(name)));
  assert.deepEqual(left, ["eth0", "bond0", "br0", "wlan0", "local0"]);
});
