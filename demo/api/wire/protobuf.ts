import type { Json, JsonObject } from "../../../kube/types.ts";
import { isList, isObject, textAt } from "../json.ts";
import { one } from "./message.ts";
import type { Field, Message, Scalar } from "./message.ts";
import { MESSAGES } from "./messages.ts";

/** "k8s" and a zero byte stand before every protobuf body of the API. */
const MAGIC = [0x6b, 0x38, 0x73, 0x00];

/** `runtime.Unknown`: what is inside, and its bytes. */
const ENVELOPE: Message = {
  1: one("type", { 1: one("apiVersion"), 2: one("kind") }),
};
const ENVELOPE_RAW = 2;

/**
 * Decodes the protobuf body of a request, for the kinds of {@linkcode MESSAGES}.
 *
 * @returns the object as it would be in JSON; `undefined` for a kind that is not among them
 * @throws RangeError for bytes that are no such body
 */
export function decodeProtobuf(bytes: Uint8Array): JsonObject | undefined {
  if (!MAGIC.every((byte, index) => bytes[index] === byte)) {
    throw new RangeError("Cannot decode body: want the prefix of Kubernetes' protobuf");
  }
  const envelope = bytes.subarray(MAGIC.length);
  const outer = decodeMessage(envelope, ENVELOPE);
  const apiVersion = textAt(outer, "type", "apiVersion");
  const kind = textAt(outer, "type", "kind");
  const message = MESSAGES[`${apiVersion}/${kind}`];
  const raw = readFields(envelope).find((field) => field.number === ENVELOPE_RAW)?.value;
  if (message === undefined || !(raw instanceof Uint8Array)) return undefined;
  return { apiVersion, kind, ...decodeMessage(raw, message) };
}

interface WireField {
  readonly number: number;
  /** Bytes of a length-delimited field, or a varint. */
  readonly value: Uint8Array | bigint;
}

function decodeMessage(bytes: Uint8Array, message: Message): JsonObject {
  const object: Record<string, Json> = {};
  for (const { number, value } of readFields(bytes)) {
    const field = message[number];
    if (field === undefined) continue;
    const before = object[field.name];
    if (field.shape === "map") {
      const entry = decodeEntry(value, field.type);
      object[field.name] = { ...(isObject(before) ? before : {}), ...entry };
      continue;
    }
    const decoded = decodeValue(value, field.type);
    if (field.shape === "inline") Object.assign(object, decoded);
    else if (field.shape === "list") {
      object[field.name] = [...(isList(before) ? before : []), decoded];
    } else if (field.isPointer || !isEmpty(decoded)) object[field.name] = decoded;
  }
  return object;
}

function isEmpty(value: Json): boolean {
  if (isObject(value)) return Object.keys(value).length === 0;
  return value === "" || value === 0 || value === false;
}

/** An entry of a map is a message of a key and a value. */
function decodeEntry(value: WireField["value"], type: Field["type"]): JsonObject {
  if (!(value instanceof Uint8Array)) return {};
  const fields = readFields(value);
  const key = fields.find((field) => field.number === 1)?.value ?? new Uint8Array();
  const content = fields.find((field) => field.number === 2)?.value ?? new Uint8Array();
  return { [decodeText(key)]: decodeValue(content, type) };
}

function decodeValue(value: WireField["value"], type: Field["type"]): Json {
  if (typeof type === "object") {
    return value instanceof Uint8Array ? decodeMessage(value, type) : {};
  }
  return decodeScalar(value, type);
}

const INT_OR_STRING: Message = {
  1: one("type", "integer"),
  2: one("number", "integer"),
  3: one("text"),
};
const QUANTITY: Message = { 1: one("text") };

function decodeScalar(value: WireField["value"], type: Scalar): Json {
  switch (type) {
    case "text":
      return decodeText(value);
    case "integer":
      return typeof value === "bigint" ? Number(BigInt.asIntN(64, value)) : 0;
    case "flag":
      return value !== 0n;
    case "bytes":
      return value instanceof Uint8Array ? base64(value) : "";
    case "quantity":
      return value instanceof Uint8Array ? textAt(decodeMessage(value, QUANTITY), "text") : "";
    case "intOrString": {
      const parts = value instanceof Uint8Array ? decodeMessage(value, INT_OR_STRING) : {};
      return parts["type"] === 1 ? parts["text"] ?? "" : parts["number"] ?? 0;
    }
    default:
      return type satisfies never;
  }
}

const utf8 = new TextDecoder();

function decodeText(value: WireField["value"]): string {
  return value instanceof Uint8Array ? utf8.decode(value) : "";
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** The fields of a message in order (Protocol Buffers encoding: tag, then varint or length and bytes). */
function readFields(bytes: Uint8Array): readonly WireField[] {
  const fields: WireField[] = [];
  let offset = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[offset++];
      if (byte === undefined) break;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError("Cannot decode protobuf: a number is cut off or too long");
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - offset) {
      throw new RangeError(
        `Cannot decode protobuf: need ${length} bytes, have ${bytes.length - offset}`,
      );
    }
    offset += length;
    return bytes.subarray(offset - length, offset);
  };
  while (offset < bytes.length) {
    const tag = Number(varint());
    const number = tag >> 3;
    switch (tag & 7) {
      case 0:
        fields.push({ number, value: varint() });
        break;
      case 1:
        take(8);
        break;
      case 2:
        fields.push({ number, value: take(Number(varint())) });
        break;
      case 5:
        take(4);
        break;
      default:
        throw new RangeError(`Cannot decode protobuf: wire type ${tag & 7} is not used by the API`);
    }
  }
  return fields;
}
