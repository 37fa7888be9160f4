#!/usr/bin/env node
// `npx espalier` in the checkout: the command line over the admin API, on the project's own Node.
process.argv.splice(2, 0, "scripts/admin.ts");
await import("./with-install.mjs");
