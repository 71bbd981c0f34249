import { ASSIGNMENT } from "./assignment.ts";
import type { Section } from "./rule.ts";
import { CONFIGURATION, LAYER2, METRICS } from "./surroundings.ts";

/** All rules that the tests hold, in the order of the page. */
export const SECTIONS: readonly Section[] = [CONFIGURATION, ...ASSIGNMENT, METRICS, LAYER2];
