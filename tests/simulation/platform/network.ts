import type { Disk } from "./disk.ts";
import { type Host, type Scheduler, WORLD } from "./scheduler.ts";

/** Tells the caller what came of it, in a message of its own. */
export type Reply = (settle: () => void) => void;

/** Between two hosts: messages take their time, overtake each other, and get lost on either way. */
export interface Network {
  /**
   * Once all that the caller has written is durable, the message leaves; `arrive` is called where and when it arrives.
   * Where it, or what is replied, gets lost, the caller is told so through `reject`.
   */
  send(
    caller: Host,
    disk: Pick<Disk, "afterDurable"> | null,
    what: string,
    reject: (error: Error) => void,
    arrive: (reply: Reply) => void,
  ): void;
}

export interface NetworkOptions {
  readonly scheduler: Scheduler;
  /** One way. */
  readonly delayMs: () => number;
  /** Does this message get lost? */
  readonly loses: (what: string) => boolean;
}

export function createNetwork({ scheduler, delayMs, loses }: NetworkOptions): Network {
  return {
    send: (caller, disk, what, reject, arrive) => {
      const tell = (settle: () => void): void => void scheduler.schedule(delayMs(), caller, settle);
      const lose = (): void => {
        scheduler.note(`${caller.name}: ${what} is lost`);
        tell(() => reject(new Error("Network connection lost.")));
      };
      const leave = (): void => {
        if (loses(what)) {
          lose();
          return;
        }
        scheduler.schedule(delayMs(), WORLD, () => arrive((settle) => (loses(what) ? lose() : tell(settle))));
      };
      if (disk === null) leave();
      else disk.afterDurable(leave);
    },
  };
}
