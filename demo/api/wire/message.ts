/** A protobuf message of the Kubernetes API: its fields by number. Fields that are not named are skipped. */
export type Message = Readonly<Record<number, Field>>;

/** One field: its name in JSON, and how its value is read. */
export interface Field {
  readonly name: string;
  readonly type: Scalar | Message;
  readonly shape: "one" | "list" | "map" | "inline";
  /** Whether zero and false are told apart from absent: pointers in the Go types. */
  readonly isPointer: boolean;
}

/** A value that is no message, or a message that is one value in JSON. */
export type Scalar = "text" | "integer" | "flag" | "bytes" | "intOrString" | "quantity";

/** One value. Empty texts, zeroes and empty messages count as absent, as `omitempty` in JSON. */
export function one(name: string, type: Field["type"] = "text"): Field {
  return { name, type, shape: "one", isPointer: false };
}

/** One value for which zero and false mean something. */
export function pointer(name: string, type: Field["type"]): Field {
  return { name, type, shape: "one", isPointer: true };
}

/** Any number of values. */
export function many(name: string, type: Field["type"] = "text"): Field {
  return { name, type, shape: "list", isPointer: true };
}

/** Values by text keys. */
export function byKey(name: string, type: Field["type"] = "text"): Field {
  return { name, type, shape: "map", isPointer: true };
}

/** A message whose fields belong to the one around it in JSON. */
export function inline(type: Message): Field {
  return { name: "", type, shape: "inline", isPointer: false };
}
