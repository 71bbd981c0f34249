import assert from "node:assert/strict";
import { parseStatus } from "./dpkg.ts";

const STATUS = `Package: libc6
Status: install ok installed
Priority: optional
Architecture: amd64
Version: 2.36-9+deb12u14
Description: GNU C Library
 Contains the standard libraries.
 .
 Version: not this one

Package: nano
Status: deinstall ok config-files
Architecture: amd64
Version: 7.2-1

Package: half
Status: install ok installed


Package: ca-certificates
Status: install ok installed
Architecture: all
Version: 20250419~deb12u2
`;

Deno.test("parseStatus() names what is installed, with its paragraph", () => {
  const packages = parseStatus(STATUS);
  assert.deepEqual(
    packages.map(({ name, version, architecture }) => [name, version, architecture]),
    [
      ["libc6", "2.36-9+deb12u14", "amd64"],
      ["ca-certificates", "20250419~deb12u2", "all"],
    ],
  );
  assert.equal(packages[0]?.paragraph, STATUS.slice(0, STATUS.indexOf("\n\n")));
});

Deno.test("parseStatus() finds nothing in nothing", () => assert.deepEqual(parseStatus(""), []));
