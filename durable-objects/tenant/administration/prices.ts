import { fail, succeed } from "../../../src/core/result.ts";
import { checkPrice } from "../../../src/ledger/prices.ts";
import type { Desk, Outcome, Written } from "./operation.ts";
import type { Input, ListedPrice } from "./protocol.ts";

/** A price that has begun is never changed: what was rated by it stays as it was. Another one may follow it. */
export function createPrice(desk: Desk, listed: Input<"price.create">): Outcome<Written<ListedPrice>> {
  const { priceId, price } = listed;
  const checked = checkPrice(price);
  if (!checked.ok) return fail(checked.error);
  const { model, effectiveFromMs } = price;
  if (effectiveFromMs < desk.nowMs && !isFirstOf(desk, model)) {
    return fail({ type: "invalid", param: "effectiveFromMs", reason: "It is in the past, and the model has a price." });
  }
  const all = desk.prices.all();
  if (all.some((one) => one.price.model === model && one.price.effectiveFromMs === effectiveFromMs)) {
    return fail({ type: "conflict", code: "price_exists", message: "The model has a price from that moment on." });
  }
  if (all.length >= MOST_PRICES) {
    return fail({ type: "conflict", code: "too_many_prices", message: `A tenant has at most ${MOST_PRICES}.` });
  }
  desk.prices.put(priceId, listed);
  return succeed({ output: listed, target: priceId, detail: price });
}

const MOST_PRICES = 1000;

/** By model, then by time. */
export function listPrices({ prices }: Desk): Outcome<readonly ListedPrice[]> {
  const order = ({ price: a }: ListedPrice, { price: b }: ListedPrice): number =>
    a.model === b.model ? a.effectiveFromMs - b.effectiveFromMs : a.model < b.model ? -1 : 1;
  return succeed([...prices.all()].sort(order));
}

/** Only one that has not begun yet. */
export function deletePrice(desk: Desk, { priceId }: Input<"price.delete">): Outcome<Written<null>> {
  const listed = desk.prices.get(priceId);
  if (listed === null) return fail({ type: "not-found", thing: "price", id: priceId });
  if (listed.price.effectiveFromMs <= desk.nowMs) {
    return fail({ type: "conflict", code: "price_in_force", message: "The price has begun: let another follow it." });
  }
  desk.prices.delete(priceId);
  return succeed({ output: null, target: priceId, detail: listed.price });
}

function isFirstOf({ prices }: Desk, model: string): boolean {
  return prices.all().every(({ price }) => price.model !== model);
}
