import type { RightsStage } from "./stage.ts";

/** Something that users ask for, and how it shows that they got it. */
export interface Deed {
  readonly name: string;
  /** What is there before the role is started. */
  readonly before?: (stage: RightsStage) => Promise<void>;
  /** What users do once it is ready; without it, that it starts is enough. */
  readonly act?: (stage: RightsStage) => Promise<void>;
  /** Whether they got it. */
  readonly isDone: (stage: RightsStage) => Promise<boolean>;
}

/** A right, and what it is for. */
export interface RightRow {
  /** As `nameOf` writes it: `patch services/status`. */
  readonly right: string;
  /** What breaks without it, for people: one sentence without its full stop. */
  readonly breaks: string;
  /** What is not done without it. */
  readonly deed: Deed;
}
