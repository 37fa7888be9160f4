import { DurableObject } from "cloudflare:workers";
import { createCanceller } from "../../src/core/cancellation.ts";
import type { SearchEventBody } from "../../src/core/event.ts";
import { dumpToJson, dumpTree } from "../../src/core/inspection/dump.ts";
import { renderTree } from "../../src/core/inspection/render.ts";
import type { Result } from "../../src/core/result.ts";
import { type SearchSetup, search } from "../../src/core/search.ts";
import { archiveKeyOf } from "../../src/db/archive.ts";
import { type Env, scorersOf } from "../../src/env.ts";
import { tenantCodeOf } from "../../src/ledger/keys/tenant-code.ts";
import type { Supply } from "../../src/own-providers.ts";
import type { Gate } from "../../src/providers/gate.ts";
import type { RecipeError } from "../../src/recipe.ts";
import { createSetup, isOneCall } from "../../src/setup.ts";
import { CODE_VERSION } from "../../src/version.ts";
import { createAudience } from "./audience.ts";
import { createViewers, isAbandoned } from "./departure.ts";
import { createEventStream } from "./event-stream.ts";
import { createFactsStore } from "./facts.ts";
import { givenUp } from "./give-up.ts";
import { createJudgementCache } from "./judgement-cache.ts";
import { createKeptText } from "./kept-text.ts";
import { createLeaseKeeper } from "./lease-keeper.ts";
import { licensedGate } from "./licensed-gate.ts";
import { createListingStore, entryOf } from "./listing.ts";
import { createLiveAnswer } from "./live-answer.ts";
import { type LiveLog, openLog } from "./live-log.ts";
import { logPages } from "./log-pages.ts";
import { BARRED, isBarred, mayJoin, type Standing, startAgain } from "./meeting.ts";
import { alarmChange, type Duties, FIRST_DUTIES } from "./next-alarm.ts";
import { createOutbox } from "./outbox.ts";
import type { KeptSearch, ListingEntry, SearchReport, SearchSummary, StartInput, StartOutcome } from "./protocol.ts";
import { createRegistration } from "./registration.ts";
import { createRemainsStore, isShown } from "./remains.ts";
import { createRememberedStorage } from "./remembered.ts";
import { type ReportInput, searchToReport, searchToSummary } from "./report.ts";
import { inputToOrder, orderToStart, type SearchOrder, startToOrder } from "./start-event.ts";
import { openSupply } from "./supply.ts";
import { conditionOf, nextStep, type SearchCondition } from "./watchdog.ts";
import { createWaysOut } from "./ways-out.ts";
import { worldClock } from "./world-clock.ts";

/**
 * One search. It owns the run: whoever asked may go away. Every method may be called at any time, in any order and
 * again; all but `start` answer null for a search that was never started. Nothing is decided here: what the watchdog
 * does is `nextStep`, what the search does is `search`.
 */
export class SearchTree extends DurableObject<Env> {
  readonly #storage = createRememberedStorage(this.ctx.storage);
  readonly #facts = createFactsStore(this.#storage);
  readonly #kept = createKeptText(this.ctx.storage);
  readonly #listing = createListingStore(this.#storage);
  readonly #lease = createLeaseKeeper({
    tenantOf: (code) => this.env.TENANTS.getByName(code),
    facts: this.#facts,
    clock: worldClock,
    books: () => this.#open().tree,
    searchId: () => this.#open().start()?.searchId ?? "",
    onLost: () => this.#stop(),
  });
  readonly #remains = createRemainsStore(this.ctx.storage);
  readonly #outbox = createOutbox({
    database: this.env.DB,
    bucket: this.env.ARCHIVE,
    archiveKeyOf,
    facts: this.#facts,
    listing: this.#listing,
    remains: this.#remains,
    lease: this.#lease,
    askRetention: (tenantId) => this.env.TENANTS.getByName(tenantCodeOf(tenantId)).retention(),
    now: () => worldClock.now(),
    search: () => {
      const log = this.#kernel();
      return log === null || log.start() === null ? null : this.#reportInput(log);
    },
    log: () => logPages(this.ctx.storage.sql),
    eraseTree: () => this.#eraseTree(),
    forget: () => this.#storage.deleteAll(),
  });
  readonly #registration = createRegistration(this.env.DB, worldClock, (work) => this.ctx.waitUntil(work));
  readonly #audience = createAudience();
  readonly #live = createLiveAnswer();
  readonly #viewers = createViewers();
  readonly #canceller = createCanceller();
  #waysOut: Gate | null = null;
  #supply: Supply | null = null;
  #openLog: LiveLog | null = null;
  #isRunning = false;
  #cancelReason: "cancelled" | "microdollars" = "cancelled";

  /** Idempotent: the same search started twice runs once. What it writes is durable before any provider hears of it. */
  async start(input: StartInput): Promise<StartOutcome> {
    const supply = await this.#openSupply(input.tenantId, input.ownRevision ?? 0);
    if (this.#facts.read().tenantId !== null) {
      // Who sends a request again may have been cut off by what has also ended the run.
      this.ctx.waitUntil(this.#advance());
      return startAgain(this.#standing(), input);
    }
    if (isBarred(this.#facts.read(), input)) return BARRED;
    const order = inputToOrder(input);
    const setup = this.#setup(order, input.tenantId, supply);
    if (!setup.ok) return { ok: false, message: setup.error.message, param: setup.error.param };
    const { tenantId, createdAtMs, arrival, ownRevision = 0 } = input;
    const { requestHash = null, attempt = 0 } = arrival ?? {};
    const armed = this.#armFirst();
    // Its tables are kept whatever becomes of the rest.
    this.#open();
    // All of it or nothing: half a start would be taken for a search that was begun, and never run.
    this.#storage.transactionSync(() => {
      this.#facts.change({ tenantId, createdAtMs, ownRevision, requestHash, attempt });
      if (input.lease !== undefined) this.#lease.accept(input.lease);
      if (input.keptJson !== undefined) this.#kept.write(input.keptJson);
      if (input.listing !== undefined) this.#listing.enter(input.listing);
      this.#append(orderToStart(order, CODE_VERSION));
    });
    this.#register();
    if (this.#lease.isHeld()) this.#run(setup.value);
    else this.ctx.waitUntil(this.#advance());
    await armed;
    return { ok: true };
  }

  /** What `start` would say to the same idempotency key; null where nothing was started. */
  async startedAs(requestHash: string): Promise<StartOutcome | null> {
    const arrival = { type: "keyed", attempt: 0, requestHash } as const;
    return this.#facts.read().tenantId === null ? null : startAgain(this.#standing(), { arrival });
  }

  /** For a repetition of the request that started this search; null where it must have one of its own. */
  async join(attempt: number): Promise<{ readonly createdAtMs: number } | null> {
    const standing = this.#log() === null ? null : this.#standing();
    if (standing === null || !mayJoin(standing, attempt)) return null;
    this.#facts.change({ attempt, leftAtMs: null });
    return { createdAtMs: standing.createdAtMs };
  }

  /** A client has got the end of it: a repetition of the request is then another request. */
  async serve(): Promise<void> {
    if (this.#log() !== null) this.#facts.change({ isServed: true });
  }

  /**
   * Has the search taken over this lease? For its tenant, before a lease that nobody has settled is posted in full. A no
   * is for good: a start that comes after it, because a clock has jumped, finds that lease void and must draw another.
   */
  async hasLease(leaseId: string): Promise<boolean> {
    const { lease, tenantId } = this.#facts.read();
    if (lease?.wish.leaseId === leaseId) return true;
    if (tenantId === null) this.#facts.change({ barredLease: leaseId });
    return false;
  }

  /** Resolves when the search has ended. The viewer waits until it says that it has left. */
  async result(viewerId: string | null = null): Promise<SearchSummary | null> {
    // Also of one that is being deleted: whoever waits for it has it, and nobody after.
    const log = this.#kernel();
    if (log === null) return null;
    this.#arrive(viewerId);
    this.ctx.waitUntil(this.#advance());
    while (log.tree.end === null) await this.#audience.nextWake();
    return searchToSummary(this.#reportInput(log));
  }

  async summary(): Promise<SearchSummary | null> {
    const log = this.#log();
    return log === null ? null : searchToSummary(this.#reportInput(log));
  }

  async report(): Promise<SearchReport | null> {
    const log = this.#log();
    return log === null ? null : searchToReport(this.#reportInput(log));
  }

  /** The tree as text for a terminal, or as canonical JSON (the same tree, the same bytes). */
  async tree(format: "text" | "json"): Promise<string | null> {
    const tree = this.#log()?.tree ?? null;
    if (tree === null) return null;
    return format === "text" ? renderTree(tree) : dumpToJson(dumpTree(tree));
  }

  /** Every call that was made for it, in the order in which they ended, as JSON: `Attempt[]`. */
  async attempts(): Promise<string | null> {
    const tree = this.#log()?.tree ?? null;
    return tree === null ? null : JSON.stringify(tree.attempts);
  }

  /** What was kept beside this search, and how the search stands now; null where nothing is kept. */
  async kept(): Promise<KeptSearch | null> {
    const log = this.#log();
    const keptJson = this.#kept.read();
    if (log === null || keptJson === null) return null;
    this.ctx.waitUntil(this.#advance());
    const listing = entryOf(this.#listing.read());
    return { keptJson, summary: searchToSummary(this.#reportInput(log)), ...(listing !== null && { listing }) };
  }

  /** Changes what it is found by in the list; false where it is in none. D1 hears of it now, or by the alarm. */
  async relabel(metadata: ListingEntry["metadata"]): Promise<boolean> {
    if (this.#log() === null || entryOf(this.#listing.read()) === null) return false;
    this.#listing.change(metadata);
    await this.#advance();
    return true;
  }

  /**
   * Deletes the search wherever there is anything of it; false where there is none to be seen. From now on nobody is shown
   * it any more. One that runs is ended, or left to end for whoever waits for it.
   */
  async erase(running: "end" | "let-end"): Promise<boolean> {
    if (this.#log() === null) return false;
    this.#remains.change({ deletedAtMs: worldClock.now() });
    this.#kept.write(null);
    this.#listing.change(null);
    if (running === "end") this.#stop();
    await this.#advance();
    return true;
  }

  /** What `erase` was called before; during a deploy it still is. */
  async forgetKept(): Promise<void> {
    await this.erase("let-end");
  }

  /** For the sweeper: does whatever is due, also where the alarm was lost. True: it is still to be looked after. */
  async revive(): Promise<boolean> {
    await this.#advance();
    const { hasStarted, hasEnded, isDelivered } = this.#condition();
    return hasStarted && !(hasEnded && isDelivered);
  }

  /** The Problem as UTF-8 JSON, as `start` took it. */
  async problem(): Promise<Uint8Array | null> {
    const start = this.#log()?.start() ?? null;
    return start === null ? null : new TextEncoder().encode(JSON.stringify(start.problem));
  }

  /** Is there a candidate to serve already? */
  async hasCandidate(): Promise<boolean> {
    return (this.#log()?.tree.rollouts ?? 0) > 0;
  }

  /**
   * Newline-delimited JSON events from that sequence number on: replay, then live, closed after the last. With an id the
   * reader counts as one who waits, for as long as it reads.
   */
  async watch(fromSequence: number, viewerId: string | null = null): Promise<ReadableStream<Uint8Array> | null> {
    const log = this.#log();
    if (log === null) return null;
    this.#arrive(viewerId);
    this.ctx.waitUntil(this.#advance());
    const hasEnded = (): boolean => log.tree.end !== null;
    const onCancel = (): void => {
      if (viewerId !== null) this.ctx.waitUntil(this.leave(viewerId));
    };
    return createEventStream(log.store, this.#audience, fromSequence, hasEnded, onCancel);
  }

  /**
   * The answers while they are written, as newline-delimited JSON, closed when the search has ended. Null where there is
   * nothing to follow: the plan is a search, or it has ended.
   */
  async follow(): Promise<ReadableStream<Uint8Array> | null> {
    const log = this.#log();
    if (log === null || log.tree.end !== null || !isOneCall(this.#reportInput(log).recipe)) return null;
    this.ctx.waitUntil(this.#advance());
    return this.#live.follow(() => log.tree.end !== null);
  }

  /** A viewer has gone. What that means is decided a while later, when whoever comes back has come back. */
  async leave(viewerId: string): Promise<void> {
    this.#viewers.leave(viewerId);
    if (this.#log() === null) return;
    this.#facts.change({ leftAtMs: worldClock.now() });
    await this.#advance();
  }

  /** Ends the search with its best so far and answers when it has. Calls in flight are aborted, and still metered. */
  async cancel(): Promise<SearchReport | null> {
    const log = this.#log();
    if (log === null) return null;
    this.#stop();
    await this.result();
    return searchToReport(this.#reportInput(log));
  }

  override async alarm(): Promise<void> {
    await this.#advance();
  }

  async #advance(): Promise<void> {
    switch (nextStep(this.#condition())) {
      case "sleep":
      case "watch":
        this.#register();
        return this.#arm();
      case "abandon":
        this.#stop();
        return this.#advance();
      case "resume": {
        // Whatever it throws before there is a run: else it would be taken for running as long as this object lives.
        const resumed = this.#resume().catch((bug: unknown) => this.#recordBug(bug));
        this.#register();
        await this.#arm();
        return resumed;
      }
      case "give-up":
        this.#giveUp();
        return this.#arm();
      case "deliver":
        await this.#arm();
        return this.#deliver();
    }
  }

  #condition(): SearchCondition {
    const log = this.#kernel();
    const facts = { ...this.#facts.read(), isDelivered: this.#outbox.isDelivered() };
    const condition = conditionOf(facts, log?.tree ?? null, this.#isRunning, this.#isAbandoned(log));
    // Its log, which would say so, has gone.
    return this.#remains.read().erased === null ? condition : { ...condition, hasStarted: true, hasEnded: true };
  }

  /** Always set before work begins: whatever happens to this object, the alarm finds the log. */
  #armFirst(): Promise<void> {
    const change = alarmChange(FIRST_DUTIES, null, worldClock.now());
    return change.type === "set" ? this.ctx.storage.setAlarm(change.atMs) : Promise.resolve();
  }

  async #arm(): Promise<void> {
    const { storage } = this.ctx;
    const change = alarmChange(this.#duties(), await storage.getAlarm(), worldClock.now());
    if (change.type === "set") await storage.setAlarm(change.atMs);
    if (change.type === "delete") await storage.deleteAlarm();
  }

  #duties(): Duties {
    return {
      condition: this.#condition(),
      leftAtMs: this.#facts.read().leftAtMs,
      failedDeliveries: this.#outbox.failures,
      nextDueAtMs: this.#outbox.nextDueAtMs(),
    };
  }

  /** Has the sweeper look after it, unless it has ended. */
  #register(): void {
    const { tenantId, createdAtMs } = this.#facts.read();
    const log = this.#kernel();
    const start = log?.start() ?? null;
    if (tenantId === null || start === null || log?.tree.end !== null) return;
    const { onDisconnect = "finish" } = startToOrder(start).recipe;
    this.#registration.enter({ id: start.searchId, tenantId, createdAtMs }, onDisconnect);
  }

  #run(setup: SearchSetup): void {
    const { runs, isCancelled } = this.#facts.read();
    this.#facts.change({ runs: runs + 1 });
    if (isCancelled) this.#canceller.cancel();
    this.#isRunning = true;
    const { limits, width } = setup;
    if (!this.#canceller.signal.aborted) this.#lease.watch(limits);
    const leased = {
      ...setup,
      limits: this.#lease.limits(limits),
      width: Math.min(width, this.#lease.calls() ?? width),
    };
    const world = {
      store: this.#open().store,
      clock: worldClock,
      signal: this.#canceller.signal,
      cancelReason: () => this.#cancelReason,
      onAppend: () => {},
      listener: this.#live,
      funds: this.#lease,
    };
    this.ctx.waitUntil(
      search(leased, world)
        .finally(() => this.#lease.unwatch())
        // Whoever waits for the answer comes before those who are told of it: what is about to leave, leaves first.
        .finally(() => new Promise<void>((resolve) => worldClock.schedule(0, resolve)))
        .then(
          () => this.#deliver(),
          (bug: unknown) => this.#recordBug(bug),
        ),
    );
  }

  async #resume(): Promise<void> {
    const start = this.#open().start();
    if (start === null) return;
    this.#isRunning = true;
    const { tenantId, ownRevision } = this.#facts.read();
    const supply = await this.#openSupply(tenantId ?? "", ownRevision).catch(() => null);
    // The next alarm asks again.
    if (supply === null) {
      this.#isRunning = false;
      return;
    }
    const setup = this.#setup(startToOrder(start), tenantId ?? "", supply);
    if (!setup.ok) return this.#recordBug(new Error(setup.error.message));
    const standing = this.#facts.read().isCancelled ? "run" : await this.#lease.resume(setup.value.limits);
    if (standing === "later") this.#isRunning = false;
    else {
      if (standing === "revoked") this.#stop();
      if (standing === "out-of-money") this.#stop("microdollars");
      this.#run(setup.value);
    }
  }

  /** The search ends with its best so far, now and after a crash. */
  #stop(reason: "cancelled" | "microdollars" = "cancelled"): void {
    this.#cancelReason = reason;
    // Want of money may be over when a crash comes in between.
    if (reason === "cancelled") this.#facts.change({ isCancelled: true });
    this.#canceller.cancel();
  }

  #giveUp(): void {
    const log = this.#open();
    const { model } = this.#reportInput(log).recipe;
    this.#append(...givenUp(log.tree, model, worldClock.now()));
  }

  /** In one transaction. */
  #append(...bodies: readonly SearchEventBody[]): void {
    const { store, tree } = this.#open();
    const atMs = worldClock.now();
    store.append(bodies.map((body, index) => ({ sequence: tree.nextSequence + index, atMs, ...body })));
  }

  /** The next alarm tries again, or gives up. */
  #recordBug(bug: unknown): void {
    this.#isRunning = false;
    this.#facts.change({ failedRuns: this.#facts.read().failedRuns + 1 });
    console.error(`search ${this.ctx.id.name}: a run failed:`, bug instanceof Error ? bug.stack : bug);
  }

  /** What is not taken now, the next alarm brings again. */
  async #deliver(): Promise<void> {
    this.#isRunning = false;
    this.#registration.leave();
    try {
      await this.#outbox.deliver();
    } catch (error) {
      console.error(`search ${this.ctx.id.name}: not delivered yet:`, error instanceof Error ? error.message : error);
    }
    await this.#arm();
  }

  #eraseTree(): void {
    this.#openLog = null;
    this.#kept.write(null);
    this.ctx.storage.sql.exec("DROP TABLE IF EXISTS log");
  }

  /** Once in the life of this object. */
  async #openSupply(tenantId: string, ownRevision: number): Promise<Supply> {
    this.#supply ??= await openSupply(this.env, tenantId, ownRevision);
    return this.#supply;
  }

  #setup(order: SearchOrder, tenantId: string, supply: Supply): Result<SearchSetup, RecipeError> {
    const remembered = this.env.JUDGEMENTS?.getByName(tenantId);
    const deps = {
      ...supply,
      scorers: scorersOf(this.env),
      gate: this.#gate(supply, tenantId, order.searchId),
      clock: worldClock,
      ai: this.env.AI,
      ...(remembered !== undefined && {
        judgements: createJudgementCache(remembered, worldClock, (work) => this.ctx.waitUntil(work)),
      }),
    };
    return createSetup({ ...order, codeVersion: CODE_VERSION }, deps);
  }

  /** One for all calls of this object. */
  #gate({ providers }: Supply, tenantId: string, searchId: string): Gate {
    this.#waysOut ??= licensedGate(createWaysOut(this.env, providers, tenantId, searchId), this.#lease);
    return this.#waysOut;
  }

  /** For whoever asks: null before `start`, and once it is deleted or its time is over. */
  #log(): LiveLog | null {
    return isShown(this.#remains.read()) ? this.#kernel() : null;
  }

  /** For the object itself: null before `start`, since asking must not create a table, and once the log is erased. */
  #kernel(): LiveLog | null {
    return this.#facts.read().tenantId === null || this.#remains.read().erased !== null ? null : this.#open();
  }

  #arrive(viewerId: string | null): void {
    if (viewerId === null) return;
    this.#viewers.arrive(viewerId);
    if (this.#facts.read().leftAtMs !== null) this.#facts.change({ leftAtMs: null });
  }

  #isAbandoned(log: LiveLog | null): boolean {
    const start = log?.start() ?? null;
    const { onDisconnect = "finish" } = start === null ? {} : startToOrder(start).recipe;
    const { leftAtMs, isCancelled } = this.#facts.read();
    return isAbandoned({
      onDisconnect,
      isDeleted: this.#remains.read().deletedAtMs !== null,
      viewers: this.#viewers.count,
      leftAtMs,
      nowMs: worldClock.now(),
      isCancelled,
    });
  }

  #standing(): Standing {
    const tree = this.#log()?.tree ?? null;
    const hasFailed = tree !== null && tree.end !== null && tree.rollouts === 0;
    return { ...this.#facts.read(), isGone: tree === null, hasFailed };
  }

  #open(): LiveLog {
    this.#openLog ??= openLog(this.ctx.storage, [this.#audience, this.#live]);
    return this.#openLog;
  }

  #reportInput(log: LiveLog): ReportInput {
    const start = log.start();
    if (start === null) throw new Error("a search that was started has an empty log");
    return {
      ...startToOrder(start),
      createdAtMs: this.#facts.read().createdAtMs,
      tree: log.tree,
      lastEventAtMs: log.lastEventAtMs(),
    };
  }
}
