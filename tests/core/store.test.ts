import { createMemoryStore } from "../../src/core/store.ts";
import { storeContract } from "../contracts/store.ts";

storeContract("memory store", () => createMemoryStore());
