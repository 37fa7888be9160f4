import type { CancelSignal } from "../core/cancellation.ts";

/**
 * Connections that may wait for response headers in one Workers invocation (PLATFORM.md, A2). The platform queues the
 * seventh silently, and a timeout started before that queue cuts the tail of a wide fan-out. So we queue ourselves and
 * start every timeout after the grant. Local workerd does not enforce the limit: only our gate keeps it.
 */
export const HEADER_SLOTS = 6;

/** Gives a slot back; calls after the first do nothing. */
export type Release = () => void;

/** One per Durable Object instance, shared by every call it makes. First come, first served. */
export interface Gate {
  /** Resolves when a slot is granted; null when `signal` was aborted first, and then nothing has to be released. */
  acquire(signal: CancelSignal): Promise<Release | null>;
}

export function createGate(slots: number = HEADER_SLOTS): Gate {
  let free = slots;
  // A Set keeps the order of arrival and lets a cancelled caller leave from the middle.
  const queue = new Set<(release: Release) => void>();

  const grant = (): Release => {
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const [next] = queue;
      if (next === undefined) {
        free++;
        return;
      }
      // The slot passes on without becoming free: a newcomer cannot overtake the queue.
      queue.delete(next);
      next(grant());
    };
  };

  return {
    acquire: (signal) => {
      if (signal.aborted) return Promise.resolve(null);
      if (free > 0) {
        free--;
        return Promise.resolve(grant());
      }
      return new Promise((resolve) => {
        const leave = () => {
          queue.delete(enter);
          resolve(null);
        };
        const enter = (release: Release) => {
          signal.removeEventListener("abort", leave);
          resolve(release);
        };
        queue.add(enter);
        signal.addEventListener("abort", leave);
      });
    },
  };
}
