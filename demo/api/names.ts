import type { JsonObject } from "../../kube/types.ts";
import { mapAt, textAt } from "./json.ts";
import type { Kind } from "./kind.ts";
import type { FieldFault } from "./status.ts";

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED_NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

const SUBDOMAIN_RULE = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric " +
  "characters, '-' or '.', and must start and end with an alphanumeric character (e.g. " +
  "'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters " +
  "or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', " +
  "regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const QUALIFIED_NAME_RULE = "name part must consist of alphanumeric characters, '-', '_' or '.', " +
  "and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or " +
  "'123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_VALUE_RULE = "a valid label must be an empty string or consist of alphanumeric " +
  "characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. " +
  "'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
  "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/** Faults of the name, the labels and the annotation keys of an object. */
export function metadataFaults(object: JsonObject, kind: Kind): readonly FieldFault[] {
  return [
    ...nameFaults(textAt(object, "metadata", "name"), kind.names),
    ...labelFaults(mapAt(object, "metadata", "labels"), "metadata.labels"),
    ...Object.keys(mapAt(object, "metadata", "annotations")).flatMap((key) =>
      keyFaults(key.toLowerCase(), "metadata.annotations")
    ),
  ];
}

/** Faults of labels, or of a selector that names labels. */
export function labelFaults(
  labels: Readonly<Record<string, string>>,
  field: string,
): readonly FieldFault[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...keyFaults(key, field),
    ...valueFaults(value, field),
  ]);
}

function nameFaults(name: string, rule: Kind["names"]): readonly FieldFault[] {
  const field = "metadata.name";
  if (name === "") {
    const detail = "name or generateName is required";
    return [{ reason: "FieldValueRequired", field, detail }];
  }
  const bad = (detail: string): readonly FieldFault[] => [
    { reason: "FieldValueInvalid", field, value: name, detail },
  ];
  const longest = rule === "subdomain" || rule === "path" ? 253 : 63;
  if (name.length > longest) return bad(`must be no more than ${longest} characters`);
  switch (rule) {
    case "subdomain":
      return SUBDOMAIN.test(name) ? [] : bad(SUBDOMAIN_RULE);
    case "label":
      return LABEL.test(name) ? [] : bad(LABEL_RULE);
    case "path":
      return /[/%]/.test(name) ? bad("may not contain '/' or '%'") : [];
    default:
      return rule satisfies never;
  }
}

function keyFaults(key: string, field: string): readonly FieldFault[] {
  const slash = key.indexOf("/");
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  const bad = (detail: string): FieldFault => ({
    reason: "FieldValueInvalid",
    field,
    value: key,
    detail,
  });
  const faults: FieldFault[] = [];
  if (prefix !== undefined && !SUBDOMAIN.test(prefix)) {
    faults.push(bad(`prefix part ${SUBDOMAIN_RULE}`));
  }
  if (name.length > 63) faults.push(bad("name part must be no more than 63 characters"));
  if (!QUALIFIED_NAME.test(name)) faults.push(bad(QUALIFIED_NAME_RULE));
  return faults;
}

function valueFaults(value: string, field: string): readonly FieldFault[] {
  const bad = (detail: string): readonly FieldFault[] => [
    { reason: "FieldValueInvalid", field, value, detail },
  ];
  if (value.length > 63) return bad("must be no more than 63 characters");
  return LABEL_VALUE.test(value) ? [] : bad(LABEL_VALUE_RULE);
}
