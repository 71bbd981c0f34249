import {
  create,
  deletePool,
  failed,
  faultyPool,
  gets,
  none,
  pool,
  type Scenario,
  step,
} from "../scenario.ts";

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
  {
    name: "a pool with an address that is none is not used",
    rules: ["C1", "C7"],
    steps: [
      step([pool("p", ["192.0.2.4/30"]), create("a")], { a: gets("192.0.2.4", "p") }),
      step([faultyPool("q", ["203.0.113.0/33"])]),
      step([create("b")], { b: gets("192.0.2.5", "p") }),
    ],
  },
  {
    name: "a pool with a reversed range is not used",
    rules: ["C1", "C8"],
    steps: [
      step([pool("p", ["192.0.2.4/30"]), create("a")], { a: gets("192.0.2.4", "p") }),
      step([faultyPool("q", ["203.0.113.9-203.0.113.1"])]),
      step([create("b")], { b: gets("192.0.2.5", "p") }),
    ],
  },
  {
    name: "a pool without addresses is not used",
    rules: ["C1", "C6"],
    steps: [
      step([pool("p", ["192.0.2.4/30"]), create("a")], { a: gets("192.0.2.4", "p") }),
      step([faultyPool("q", [])]),
      step([create("b")], { b: gets("192.0.2.5", "p") }),
    ],
  },
  {
    name: "a pool whose change makes no sense is used as it was",
    rules: ["C1", "C7"],
    steps: [
      step([pool("p", ["192.0.2.4/30"]), create("a")], { a: gets("192.0.2.4", "p") }),
      step([faultyPool("p", ["192.0.2.4/30", "nonsense"])]),
      step([create("b")], { b: gets("192.0.2.5", "p") }),
    ],
  },
  {
    name: "a pool that names a namespace twice is not used",
    rules: ["C1", "C14"],
    steps: [
      step([pool("p", ["192.0.2.4/30"]), create("a")], { a: gets("192.0.2.4", "p") }),
      step([
        faultyPool("q", ["203.0.113.0/28"], { serviceAllocation: { namespaces: ["a", "a"] } }),
      ]),
      step([create("b")], { b: gets("192.0.2.5", "p") }),
    ],
  },
  {
    name: "a pool whose selector has an unknown operator is not used",
    rules: ["C1", "C13"],
    steps: [
      step([pool("p", ["192.0.2.4/30"]), create("a")], { a: gets("192.0.2.4", "p") }),
      step([faultyPool("q", ["203.0.113.0/28"], {
        serviceAllocation: {
          serviceSelectors: [{ matchExpressions: [{ key: "a", operator: "Near", values: ["b"] }] }],
        },
      })]),
      step([create("b")], { b: gets("192.0.2.5", "p") }),
    ],
  },
  {
    name: "a pool that overlaps another is used when the other is gone",
    rules: ["C1", "C2"],
    steps: [
      step([pool("p", ["192.0.2.4/30"], { autoAssign: false })]),
      step([faultyPool("q", ["192.0.2.0/29"])]),
      step([create("a")], { a: none(failed("a", "no available IPs")) }),
      step([deletePool("p")], { a: gets("192.0.2.0", "q") }),
    ],
  },
  {
    name: "a range of two families is not used",
    rules: ["C1", "C8"],
    steps: [
      step([pool("p", ["192.0.2.4/30"]), create("a")], { a: gets("192.0.2.4", "p") }),
      step([faultyPool("q", ["203.0.113.0-2001:db8::5"])]),
      step([create("b")], { b: gets("192.0.2.5", "p") }),
    ],
  },
];
