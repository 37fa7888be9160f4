import { createDisk, type Disk } from "./disk.ts";
import type { Network } from "./network.ts";
import { type Cancel, type Host, type Scheduler, WORLD } from "./scheduler.ts";

/** A Durable Object over all its lives. */
export interface SimulatedObject {
  readonly className: string;
  readonly name: string;
  readonly disk: Disk;
  /** Its machine's wall clock minus true time. */
  clockSkewMs: number;
  /** Lives that ended in a crash, an eviction or a deploy. */
  crashes: number;
  /** Writes that its disk did not take. */
  failedWrites: number;
  /** How often its clock was set. */
  clockChanges: number;
  life: Life | null;
  stopAlarm: Cancel | null;
  /** Its alarm is being handled. */
  isRinging: boolean;
  /** That it is to ring again for; 0 where it is not. */
  failedAlarms: number;
}

interface Life extends Host {
  readonly instance: object;
  /** Told when this life ends: calls that wait for it. */
  readonly onDeath: Set<() => void>;
}

export type ObjectClass = new (ctx: never, env: never) => object;

export interface Objects {
  namespace(className: string): { getByName(name: string): object };
  get(className: string, name: string): SimulatedObject;
  readonly all: readonly SimulatedObject[];
  /** Its memory is gone, and whatever was not durable. Callers hear of it; the next call or alarm starts it anew. */
  crash(object: SimulatedObject): void;
  /** Sets its clock. The alarm goes by that clock. */
  setClock(object: SimulatedObject, skewMs: number): void;
  diskOf(host: Host): Disk | null;
}

export interface ObjectsOptions {
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly classes: Readonly<Record<string, ObjectClass>>;
  readonly env: () => object;
  /** Milliseconds until what is written is durable. */
  readonly durableAfterMs: () => number;
  /** Does the disk take this write? */
  readonly takesWrite: (object: SimulatedObject) => boolean;
  /** The alarm that is due never rings. */
  readonly losesAlarm: (object: SimulatedObject) => boolean;
  /** Something has become durable. */
  readonly onDurable: (object: SimulatedObject) => void;
  /** Its answer leaves: all that was written before is durable. */
  readonly onAnswer: (object: SimulatedObject, method: string, value: unknown) => void;
  /** Is this message delivered a second time, a while later? Nobody hears what then comes of it. */
  readonly repeatsAfterMs: (object: SimulatedObject, method: string) => number | null;
}

/** An alarm that throws is rung again after 2, 4, 8, ... seconds, six times (PLATFORM.md A3). */
const ALARM_RETRIES = 6;
const FIRST_ALARM_RETRY_MS = 2000;
/** A life that dies while its alarm is handled: the alarm rings again soon (PLATFORM.md B5). */
const ALARM_AFTER_CRASH_MS = 1000;

export function createObjects(options: ObjectsOptions): Objects {
  const { scheduler, network, classes } = options;
  const objects = new Map<string, SimulatedObject>();
  const lives = new Map<Host, SimulatedObject>();

  const objectOf = (className: string, name: string): SimulatedObject => {
    const key = `${className} ${name}`;
    const known = objects.get(key);
    if (known !== undefined) return known;
    const disk = createDisk({
      onWrite: () => scheduler.schedule(options.durableAfterMs(), WORLD, disk.confirm),
      onDurable: () => {
        options.onDurable(object);
        setAlarm(object);
      },
      checkWrite: () => {
        if (options.takesWrite(object)) return;
        object.failedWrites++;
        throw new Error("database or disk is full: SQLITE_FULL");
      },
    });
    const object: SimulatedObject = {
      className,
      name,
      disk,
      clockSkewMs: 0,
      crashes: 0,
      failedWrites: 0,
      clockChanges: 0,
      life: null,
      stopAlarm: null,
      isRinging: false,
      failedAlarms: 0,
    };
    objects.set(key, object);
    return object;
  };

  const setAlarm = (object: SimulatedObject): void => {
    const { alarmAtMs } = object.disk;
    if (object.isRinging || (alarmAtMs === null && object.failedAlarms > 0)) return;
    object.stopAlarm?.();
    object.stopAlarm = null;
    if (alarmAtMs === null) return;
    const delayMs = alarmAtMs - object.clockSkewMs - scheduler.nowMs;
    object.stopAlarm = scheduler.schedule(delayMs, WORLD, () => ring(object));
  };

  const ring = (object: SimulatedObject): void => {
    object.stopAlarm = null;
    object.disk.takeAlarm();
    if (options.losesAlarm(object)) {
      scheduler.note(`${object.className}(${object.name}): its alarm is lost`);
      return;
    }
    object.isRinging = true;
    const life = livingOf(object);
    scheduler.note(`${life.name}: alarm`);
    const again = (delayMs: number): void => {
      object.isRinging = false;
      object.failedAlarms++;
      // Set by the handler itself: that one rings.
      if (object.disk.alarmAtMs === null) object.stopAlarm = scheduler.schedule(delayMs, WORLD, () => ring(object));
      else setAlarm(object);
    };
    // A crash is none of the handler's failures.
    const onDeath = (): void => {
      object.failedAlarms = 0;
      again(ALARM_AFTER_CRASH_MS);
    };
    life.onDeath.add(onDeath);
    const over = (hasFailed: boolean): void => {
      if (!life.isAlive) return;
      scheduler.note(`${life.name}: alarm ${hasFailed ? "failed" : "handled"}`);
      life.onDeath.delete(onDeath);
      if (hasFailed && object.failedAlarms < ALARM_RETRIES) {
        again(FIRST_ALARM_RETRY_MS * 2 ** object.failedAlarms);
        return;
      }
      object.isRinging = false;
      object.failedAlarms = 0;
      setAlarm(object);
    };
    scheduler.become(life);
    const handler = life.instance as { alarm?: () => Promise<void> };
    Promise.resolve()
      .then(() => handler.alarm?.())
      .then(
        // Rung for good once what its handler wrote is durable, too.
        () => object.disk.afterDurable(() => over(false)),
        () => object.disk.afterDurable(() => over(true)),
      );
  };

  const livingOf = (object: SimulatedObject): Life => {
    if (object.life !== null) return object.life;
    const Class = classes[object.className];
    if (Class === undefined) throw new Error(`no class ${object.className}`);
    const life: Life = {
      name: `${object.className}(${object.name})#${object.crashes}`,
      isAlive: true,
      get clockSkewMs() {
        return object.clockSkewMs;
      },
      onDeath: new Set(),
      // Set just below: its constructor may already ask for the storage.
      instance: {},
    };
    object.life = life;
    lives.set(life, object);
    scheduler.become(life);
    const instance = new Class(contextOf(object) as never, options.env() as never);
    return Object.assign(life, { instance });
  };

  const contextOf = (object: SimulatedObject): object => {
    const { disk } = object;
    return {
      id: { name: object.name, toString: () => object.name },
      waitUntil: (work: Promise<unknown>) => void work.catch(() => undefined),
      storage: {
        sql: disk.sql,
        kv: disk.kv,
        transactionSync: disk.transactionSync,
        setAlarm: async (atMs: number) => {
          disk.alarmAtMs = atMs;
          scheduler.note(`${object.className}(${object.name}): its alarm is set, in ${atMs - Date.now()} ms`);
        },
        getAlarm: async () => disk.alarmAtMs,
        deleteAll: async () => disk.deleteAll(),
        deleteAlarm: async () => {
          disk.alarmAtMs = null;
          scheduler.note(`${object.className}(${object.name}): its alarm is taken back`);
        },
      },
    };
  };

  const carryOut = async (life: Life, method: string, args: readonly unknown[]): Promise<unknown> => {
    scheduler.become(life);
    const methods = life.instance as Record<string, (...args: unknown[]) => unknown>;
    return methods[method]?.(...args.map(copyOf));
  };

  const repeatSometimes = (object: SimulatedObject, method: string, args: readonly unknown[]): void => {
    const delayMs = options.repeatsAfterMs(object, method);
    if (delayMs === null) return;
    scheduler.schedule(delayMs, WORLD, () => {
      scheduler.note(`${object.className}(${object.name}).${method}: delivered again`);
      carryOut(livingOf(object), method, args).catch(() => undefined);
    });
  };

  const call = (object: SimulatedObject, method: string, args: unknown[]): Promise<unknown> => {
    const caller = scheduler.current;
    const sent = args.map(copyOf);
    return new Promise((resolve, reject) => {
      network.send(caller, diskOf(caller), `${object.className}.${method}`, reject, (reply) => {
        const life = livingOf(object);
        scheduler.note(`${caller.name} -> ${life.name}.${method}`);
        const onDeath = (): void => reply(() => reject(new Error("the object was reset")));
        life.onDeath.add(onDeath);
        const leave = (settle: () => void): void =>
          object.disk.afterDurable(() => {
            if (life.onDeath.delete(onDeath)) reply(settle);
          });
        repeatSometimes(object, method, sent);
        carryOut(life, method, sent).then(
          (value) => {
            const answer = copyOf(value);
            object.disk.afterDurable(() => options.onAnswer(object, method, answer));
            leave(() => resolve(answer));
          },
          (error: unknown) => {
            const message = error instanceof Error ? error.message : String(error);
            scheduler.note(`${life.name}.${method}: ${message}`);
            leave(() => reject(new Error(message)));
          },
        );
      });
    });
  };

  const diskOf = (host: Host): Disk | null => lives.get(host)?.disk ?? null;

  return {
    namespace: (className) => ({
      getByName: (name) => {
        const object = objectOf(className, name);
        const stub = {
          get:
            (_target: object, method: string) =>
            (...args: unknown[]) =>
              call(object, method, args),
        };
        return new Proxy({}, stub);
      },
    }),
    get: objectOf,
    get all() {
      return [...objects.values()];
    },
    crash: (object) => {
      const { life } = object;
      if (life === null) return;
      scheduler.note(`${life.name}: crash${object.disk.isDurable ? "" : ", losing what was not durable"}`);
      life.isAlive = false;
      object.life = null;
      object.crashes++;
      object.disk.crash();
      for (const tell of life.onDeath) tell();
      life.onDeath.clear();
      if (object.stopAlarm === null) setAlarm(object);
    },
    setClock: (object, skewMs) => {
      object.clockSkewMs = skewMs;
      object.clockChanges++;
      scheduler.note(`${object.className}(${object.name}): its clock is ${skewMs} ms off`);
      if (object.disk.isDurable) setAlarm(object);
    },
    diskOf,
  };
}

function copyOf(value: unknown): unknown {
  return value instanceof ReadableStream ? value : structuredClone(value);
}
