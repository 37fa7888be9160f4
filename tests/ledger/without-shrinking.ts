import fc from "fast-check";

/** For mutation testing: a mutant is dead at the first failure, and nobody reads the smallest example. */
fc.configureGlobal({ endOnFailure: true });
