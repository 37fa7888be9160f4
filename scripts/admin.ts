import { CommanderError } from "commander";
import { Refusal } from "./admin/connection.ts";
import { createProgram } from "./admin/program.ts";

/** `npm run admin -- <command>`: the admin API from the command line. Exits with 1 where it refuses, with 2 for a wrong call. */
try {
  await createProgram(process.env, (text) => console.log(text)).parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else if (error instanceof Refusal) {
    console.error(`espalier: ${error.message}`);
    process.exitCode = 1;
  } else throw error;
}
