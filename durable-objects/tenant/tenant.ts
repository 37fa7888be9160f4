import { DurableObject } from "cloudflare:workers";
import { fail } from "../../src/core/result.ts";
import { listKeys } from "../../src/db/keys.ts";
import type { Retention } from "../../src/db/retention.ts";
import type { Env } from "../../src/env.ts";
import { isUnlimited } from "../../src/ledger/caps.ts";
import { advanceClock } from "../../src/ledger/clock.ts";
import { tenantCodeOf, tenantCodeOfKey } from "../../src/ledger/keys/tenant-code.ts";
import { lease } from "../../src/ledger/lease.ts";
import { searchIdOfLease } from "../../src/ledger/lease-id.ts";
import { NO_RATES, ratesOf } from "../../src/ledger/rates.ts";
import type { Decision } from "../../src/ledger/rows.ts";
import {
  dueAtElapsedMs,
  expire,
  GRACE_MS,
  renew,
  type SettleOutcome,
  settle,
  voidLease,
} from "../../src/ledger/settle.ts";
import type { SealedProviders } from "../../src/own-providers.ts";
import { administer } from "./administration/administer.ts";
import { createCabinet } from "./administration/cabinet.ts";
import type { Cabinet } from "./administration/operation.ts";
import type { AdministrationName, Tenancy } from "./administration/protocol.ts";
import { inOrder } from "./administration/providers.ts";
import { callerOf, leaseToView, NO_DIGEST, scopeIdsOf, uncountedView, wishToRequest } from "./admission.ts";
import { rowToKey } from "./imported-key.ts";
import { createKeyStore, type KeyStore } from "./key-store.ts";
import { createLedgerStore, type LedgerStore } from "./ledger-store.ts";
import { createDeliveryStore } from "./outbox/delivery-store.ts";
import { ledgerEventToEvent, searchEndedToEvent } from "./outbox/event.ts";
import { createOutbox, type Outbox } from "./outbox/outbox.ts";
import type {
  Admission,
  AdmissionRequest,
  Caller,
  Draw,
  DrawRequest,
  LeaseAnswer,
  LeaseWish,
  RenewalRequest,
  SettlementRequest,
  StoredKey,
} from "./protocol.ts";

/**
 * One tenant: the authority for its keys, budgets, limits and leases. Its name is the tenant's code, which every key of
 * the tenant begins with (tenant-code.ts). Nothing is decided here: the ledger's functions do, and this stores what they
 * change. One call of `admit` proves the key, counts the request and grants the lease.
 */
export class Tenant extends DurableObject<Env> {
  #opened: {
    readonly keys: KeyStore;
    readonly ledger: LedgerStore;
    readonly cabinet: Cabinet;
    readonly outbox: Outbox;
  } | null = null;
  #imported: Promise<void> | null = null;
  #ledgerOperations = 0;

  async admit({ keyId, digest, lease: wish, ownRevision = 0 }: AdmissionRequest): Promise<Admission> {
    const tenantId = await this.#known(tenantCodeOfKey(keyId));
    const nowMs = Date.now();
    const stored = tenantId === null ? null : this.#open().keys.get(keyId);
    const isSame = isEqualInConstantTime(stored?.digest ?? NO_DIGEST, digest);
    const caller = tenantId === null ? null : callerOf(tenantId, stored?.key ?? null, isSame, nowMs);
    if (caller === null) return { ok: false, type: "unknown-key" };
    const ownModels = this.#open().cabinet.ownModels.read();
    if (wish === undefined) return { ok: true, caller, lease: null, rates: NO_RATES, ownModels };
    if (ownModels.revision !== ownRevision) return { ok: false, type: "other-models", caller, ownModels };
    const drawn = await this.#lease(wish, caller, nowMs);
    const rates = ratesOf(this.#open().ledger, scopeIdsOf(caller, wish.endUser ?? null), nowMs);
    if (!drawn.ok) return { ok: false, type: "refused", caller, refusal: drawn.refusal, rates, ownModels };
    return { ok: true, caller, lease: drawn.lease, rates, ownModels };
  }

  /** Of a search that was admitted by that key: the key must still be live, its secret is not asked for again. */
  async draw({ keyId, lease: wish }: DrawRequest): Promise<Draw> {
    await this.#known(tenantCodeOfKey(keyId));
    const key = this.#open().keys.get(keyId)?.key;
    if (key === undefined) return { ok: false, refusal: { type: "key-not-live", status: "unknown" } };
    return this.#lease(wish, key, Date.now());
  }

  /** How long its searches are kept, as far as it says. */
  async retention(): Promise<Partial<Retention>> {
    return this.ctx.storage.kv.get<Partial<Tenancy>>("tenancy")?.retention ?? {};
  }

  async renew(request: RenewalRequest): Promise<LeaseAnswer> {
    if (request.keyId !== undefined) return this.#renewUncounted(request, request.keyId);
    return this.#answer(renew(this.#open().ledger, { tokens: 0, ...request }, Date.now()));
  }

  async settle({ ended, ...request }: SettlementRequest): Promise<LeaseAnswer> {
    if (ended !== undefined) {
      const nowMs = Date.now();
      this.#open().outbox.post(searchEndedToEvent(ended, nowMs), nowMs);
      this.ctx.waitUntil(this.#tell());
    }
    return this.#answer(settle(this.#open().ledger, request, Date.now()));
  }

  /** For a lease under which nothing was ever sent. */
  async void(leaseId: string): Promise<LeaseAnswer> {
    return this.#answer(voidLease(this.#open().ledger, leaseId, Date.now()));
  }

  /**
   * What an administrator wants done, as JSON of many shapes (administration/protocol.ts): all of it with its entry in the
   * audit log, or nothing. `actorId` was proved by whoever asks.
   */
  async administer(tenantId: string, actorId: string, name: AdministrationName, inputJson: string): Promise<string> {
    const known = await this.#known(tenantCodeOf(tenantId));
    if (known !== tenantId && (known !== null || name !== "tenant.create")) {
      return JSON.stringify(fail({ type: "not-found", thing: "tenant", id: tenantId }));
    }
    const { cabinet } = this.#open();
    const done = this.ctx.storage.transactionSync(() =>
      administer(cabinet, actorId, name, JSON.parse(inputJson), Date.now()),
    );
    await this.#tell();
    return JSON.stringify(done);
  }

  /** `SealedProviders` as JSON: for a search of the tenant, and for who has the master keys. */
  async ownProviders(): Promise<string> {
    const { tenancy, providers, dataKeys } = this.#open().cabinet;
    const tenantId = tenancy.read()?.tenantId ?? "";
    return JSON.stringify({
      tenantId,
      providers: inOrder(providers),
      dataKeys: dataKeys.all(),
    } satisfies SealedProviders);
  }

  /** Posts the leases that nobody has settled in time. */
  override async alarm(): Promise<void> {
    const { ledger } = this.#open();
    const nowMs = Date.now();
    const elapsedMs = advanceClock(ledger.clock(), nowMs).elapsedMs;
    const due = ledger.openLeases(MOST_AT_ONCE).filter((lease) => dueAtElapsedMs(lease) <= elapsedMs);
    await Promise.all(due.map(({ leaseId }) => this.#expire(leaseId)));
    ledger.forgetLeases((ledger.clock()?.elapsedMs ?? 0) - LEASE_MEMORY_MS);
    await this.#open().outbox.deliver();
    await this.#arm();
  }

  async #lease(wish: LeaseWish, key: Pick<Caller, "projectId" | "keyId">, nowMs: number): Promise<Draw> {
    const { ledger, cabinet } = this.#open();
    const { webhooks } = cabinet;
    this.#ledgerOperations++;
    const request = wishToRequest(wish, key);
    // What nobody limits, and nobody wants to hear the end of, is not written down: rows cost money, and whoever asked
    // would wait for the disk.
    const isCounted = webhooks.all().length > 0 || !isUnlimited(ledger, key.keyId, request.scopeIds);
    // Before there is a lease to look after: one without an alarm would be open for good.
    if (isCounted && (await this.ctx.storage.getAlarm()) === null) {
      await this.ctx.storage.setAlarm(nowMs + wish.ttlMs + GRACE_MS);
    }
    const decision = lease(ledger, request, nowMs);
    if (isCounted) this.#carryOut(decision);
    const { outcome, changes } = decision;
    if (!outcome.ok) return { ok: false, refusal: outcome.error };
    if (isCounted) await this.#arm();
    return { ok: true, lease: leaseToView(ledger, outcome.value, changes.clock.elapsedMs, isCounted) };
  }

  #renewUncounted(request: RenewalRequest, keyId: string): LeaseAnswer {
    this.#ledgerOperations++;
    const view = uncountedView(this.#open().keys.get(keyId)?.key ?? null, request, Date.now());
    if (view !== null) return { ok: true, lease: view };
    return { ok: false, reason: "key-not-live", message: `the key ${keyId} has ended` };
  }

  /**
   * Nothing can have been sent under a lease that its search never took over (who asked for it died in between): it is
   * void. Where nobody can say, it is posted in full.
   */
  async #expire(leaseId: string): Promise<void> {
    const isTaken = await this.#isTaken(leaseId);
    const { ledger } = this.#open();
    this.#carryOut(isTaken ? expire(ledger, leaseId, Date.now()) : voidLease(ledger, leaseId, Date.now()));
  }

  /** One message that is lost is no reason to post a lease that nobody has used. True where nobody can say. */
  async #isTaken(leaseId: string): Promise<boolean> {
    const tenantId = this.ctx.storage.kv.get<string>("tenantId") ?? "";
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      try {
        // A stub that threw may be broken for good: a new one each time.
        const search = this.env.SEARCH_TREE.getByName(`${tenantId}/${searchIdOfLease(leaseId)}`);
        return await search.hasLease(leaseId);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS * 2 ** tries));
      }
    }
    return true;
  }

  /** Commands on leases since this object was woken; for whoever measures. */
  async ledgerOperations(): Promise<number> {
    return this.#ledgerOperations;
  }

  #answer(decision: Decision<SettleOutcome>): LeaseAnswer {
    this.#ledgerOperations++;
    this.#carryOut(decision);
    const { outcome, changes } = decision;
    if (outcome.ok) {
      return { ok: true, lease: leaseToView(this.#open().ledger, outcome.value, changes.clock.elapsedMs) };
    }
    return { ok: false, reason: outcome.error.type, message: JSON.stringify(outcome.error) };
  }

  #carryOut({ changes, events }: Pick<Decision<unknown>, "changes" | "events">): void {
    const { ledger, outbox } = this.#open();
    const nowMs = Date.now();
    const told = events.flatMap((event) => ledgerEventToEvent(event, nowMs) ?? []);
    // All of it or nothing: a disk that takes only a part of the rows would leave sums that no lease accounts for.
    this.ctx.storage.transactionSync(() => {
      ledger.write(changes);
      for (const event of told) outbox.post(event, nowMs);
    });
    if (told.length > 0) this.ctx.waitUntil(this.#tell());
  }

  #carried<Value>(decision: Decision<Value>): Value {
    this.#carryOut(decision);
    return decision.outcome;
  }

  /** Delivers what there is to tell, without being waited for; the alarm is set before, for what does not arrive. */
  async #tell(): Promise<void> {
    const { outbox } = this.#open();
    if (outbox.dueAtMs(Date.now()) === null) return;
    await this.#arm();
    this.ctx.waitUntil(outbox.deliver());
  }

  /** The alarm rings when the first thing is due; one that is set for an earlier time already is left. */
  async #arm(): Promise<void> {
    const { ledger, outbox } = this.#open();
    const nowMs = Date.now();
    const [first] = ledger.openLeases(1);
    const { elapsedMs } = advanceClock(ledger.clock(), nowMs);
    const leaseMs = first === undefined ? null : nowMs + Math.max(0, dueAtElapsedMs(first) - elapsedMs);
    const due = [leaseMs, outbox.dueAtMs(nowMs)].filter((one) => one !== null);
    if (due.length === 0) return;
    const atMs = Math.max(nowMs, Math.min(...due));
    const set = await this.ctx.storage.getAlarm();
    if (set === null || set < nowMs || atMs < set) await this.ctx.storage.setAlarm(atMs);
  }

  /**
   * The tenant's id; null for an object that no tenant has, which also writes nothing. An object that knows of none takes
   * over the keys that D1 has of that code: those that were made before there was an object.
   */
  async #known(code: string): Promise<string | null> {
    const known = this.ctx.storage.kv.get<string>("tenantId");
    if (known !== undefined) return known;
    this.#imported ??= this.#import(code).catch((error: unknown) => {
      // D1 did not answer: the next request asks again.
      this.#imported = null;
      throw error;
    });
    await this.#imported;
    return this.ctx.storage.kv.get<string>("tenantId") ?? null;
  }

  async #import(code: string): Promise<void> {
    const rows = (await listKeys(this.env.DB, code)).filter((row) => tenantCodeOf(row.tenantId) === code);
    if (rows.length === 0) return;
    this.#open();
    // All keys or none: once the object knows whose it is, it does not ask again.
    this.ctx.storage.transactionSync(() => {
      for (const row of rows) this.#take(row.tenantId, rowToKey(row));
    });
  }

  #take(tenantId: string, stored: StoredKey): void {
    this.ctx.storage.kv.put("tenantId", tenantId);
    this.#open().keys.put(stored);
  }

  #open() {
    if (this.#opened === null) {
      const keys = createKeyStore(this.ctx.storage);
      const ledger = createLedgerStore(this.ctx.storage, (keyId) => keys.get(keyId)?.key ?? null);
      const cabinet = createCabinet(this.ctx.storage, { keys, ledger, carryOut: (one) => this.#carried(one) });
      const outbox = createOutbox(this.env, {
        keys,
        webhooks: cabinet.webhooks,
        deliveries: createDeliveryStore(this.ctx.storage.sql),
        tenantId: () => this.ctx.storage.kv.get<string>("tenantId") ?? "",
      });
      this.#opened = { keys, ledger, cabinet, outbox };
    }
    return this.#opened;
  }
}

const MOST_AT_ONCE = 100;
/** At asking a search whether it spends under a lease: half a minute in all. */
const MOST_TRIES = 5;
const FIRST_PAUSE_MS = 1000;
/** A settlement may be delivered again for as long as a search's object tries; a day is far beyond that. */
const LEASE_MEMORY_MS = 24 * 3_600_000;

function isEqualInConstantTime(a: string, b: string): boolean {
  const encoder = new TextEncoder();
  const [left, right] = [encoder.encode(a), encoder.encode(b)];
  return left.byteLength === right.byteLength && crypto.subtle.timingSafeEqual(left, right);
}
