import { provider } from "./provider.ts";

await provider(process.argv.slice(2));
