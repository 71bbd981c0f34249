import { partingsOf } from "../parity/differences.ts";
import type { MetallbRecord } from "../parity/record.ts";
import type { Difference, Scenario } from "../parity/scenario.ts";
import type { Rule, Section } from "./rule.ts";

const GENERATED = "<!-- Written by docs/reference/write.ts: do not edit. -->";

/** The page that says which tests hold which rule, as Markdown, not yet formatted. */
export function rulesPage(sections: readonly Section[], scenarios: readonly Scenario[]): string {
  const count = sections.flatMap(({ rules }) => rules).length;
  return [
    GENERATED,
    "# Rules",
    `What users of MetalLB rely on, in ${count} rules, and the tests that hold each of them. A ` +
    "_scenario_ stands in `tests/parity/scenarios/`; all of them are played before Lanlord in memory " +
    "and on a real API server, and [before MetalLB](differences.md).",
    ...sections.map((section) => sectionText(section, scenarios)),
  ].join("\n\n");
}

function sectionText({ title, rules }: Section, scenarios: readonly Scenario[]): string {
  return [`## ${title}`, rules.map((rule) => ruleText(rule, scenarios)).join("\n")].join("\n\n");
}

function ruleText({ id, text, tests }: Rule, scenarios: readonly Scenario[]): string {
  const held = [
    ...scenariosFor(id, scenarios).map(({ name }) => `scenario: ${name}`),
    ...tests.map((test) => {
      const at = test.indexOf(": ");
      return `\`${test.slice(0, at)}\`: ${test.slice(at + 2)}`;
    }),
  ];
  return [`- **${id}** ${text}`, ...held.map((line) => `  - ${line}`)].join("\n");
}

/** The scenarios that hold a rule. */
export function scenariosFor(id: string, scenarios: readonly Scenario[]): readonly Scenario[] {
  return scenarios.filter(({ rules }) => rules.includes(id));
}

const GROUPS: readonly { readonly kind: Difference["kind"]; readonly title: string }[] = [
  { kind: "address", title: "Other addresses" },
  { kind: "event", title: "The same addresses, told otherwise" },
  { kind: "chance", title: "Left to chance by MetalLB" },
];

/** The page of what MetalLB does otherwise, as Markdown, not yet formatted. */
export function differencesPage(scenarios: readonly Scenario[], record: MetallbRecord): string {
  const apart = scenarios.filter(({ differs }) => differs !== undefined).length;
  return [
    GENERATED,
    "# Differences to MetalLB",
    `${scenarios.length} scenarios were played before MetalLB ${record.version}'s own controller on a ` +
    `real kube-apiserver, with both families and without webhooks. In ` +
    `${
      scenarios.length - apart
    } of them every Service has the same addresses, the same pool in its ` +
    `annotation and the same new Events after every step, as far as a scenario spells them out. These are the other ${apart}.`,
    "Everywhere: where MetalLB's messages have a list of one, `[\"192.0.2.0\"]`, Lanlord's have the " +
    'one alone; where they have no address, `"<nil>"`, the reason; Lanlord adds what would help ' +
    "(`; to solve it: …`); and MetalLB repeats an Event at every attempt, while Lanlord tells a " +
    "reason once. This is about which address a Service gets; " +
    "[Configuration](../configuration.md#differences-to-metallb) says what is different about " +
    "configuration and announcement. `bench/parity.ts` plays the scenarios again.",
    ...GROUPS.flatMap(({ kind, title }) => {
      const members = scenarios.filter(({ differs }) => differs?.kind === kind);
      if (members.length === 0) return [];
      return [`## ${title}`, ...members.map((scenario) => differenceText(scenario, record))];
    }),
  ].join("\n\n");
}

function differenceText(scenario: Scenario, record: MetallbRecord): string {
  const { name, differs } = scenario;
  const partings = partingsOf(scenario, record);
  const [first] = partings.filter(({ kind }) => kind === "address").concat(partings);
  const seen = partings
    .filter(({ kind, step }) => step === first?.step && kind === first.kind)
    .map(({ service, wanted, found }) =>
      `- Service \`${service}\`: Lanlord \`${wanted}\`, MetalLB \`${found}\``
    );
  const list = seen.length === 0 ? [] : [seen.join("\n")];
  return [`### ${name}`, `MetalLB: ${differs?.metallb} Lanlord: ${differs?.why}`, ...list]
    .join("\n\n");
}
