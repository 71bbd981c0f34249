import { create, deletePool, gets, pool, type Scenario, step } from "../scenario.ts";

/** Configurations that cannot be meant. */
export const CONFIGURATION: readonly Scenario[] = [
  {
    name: "a pool that overlaps another is not used, what was in force stays so",
    rules: ["C1", "C2"],
    steps: [
      step([pool("p", ["192.0.2.4/30"]), create("a")], { a: gets("192.0.2.4", "p") }),
      step([pool("q", ["192.0.2.0/29"])]),
      step([create("b")], { b: gets("192.0.2.5", "p") }),
      step([deletePool("q")]),
      step([create("c")], { c: gets("192.0.2.6", "p") }),
    ],
  },
  {
    name: "a change of a pool that overlaps another is not used",
    rules: ["C1", "C2"],
    steps: [
      step([pool("p", ["192.0.2.4/30"]), pool("q", ["192.0.2.8/30"], { autoAssign: false })]),
      step([create("a")], { a: gets("192.0.2.4", "p") }),
      step([pool("q", ["192.0.2.0/24"])]),
      step([create("b")], { b: gets("192.0.2.5", "p") }),
    ],
  },
];
