import type { CancelSignal } from "../../src/core/cancellation.ts";
import type { Gate } from "../../src/providers/gate.ts";

/** Leave to spend, which runs out and may come back. */
export interface License {
  isHeld(): boolean;
  /** Resolves when it is held again, or when `signal` is aborted. */
  whenHeld(signal: CancelSignal): Promise<void>;
}

/**
 * Lets calls out only while the license is held: whatever has been decided, queued or is being tried again waits here, so
 * that no call begins after its end (I11). What has left goes on.
 */
export function licensedGate(gate: Gate, license: License): Gate {
  return {
    acquire: async (signal, party) => {
      for (;;) {
        await license.whenHeld(signal);
        const slot = await gate.acquire(signal, party);
        if (slot === null || license.isHeld()) return slot;
        // It ran out in the queue.
        slot.close();
      }
    },
  };
}
