/** An exact rational number of an answer: reduced, the denominator positive. */
export interface ExactNumber {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Longer texts are no numbers that anybody votes on; it also bounds the arithmetic. */
const MAX_LENGTH = 120;
/** Powers of ten up to this are multiplied out. */
const MAX_EXPONENT = 100;

const DIGITS = String.raw`(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?:[\u0020\u00a0\u2009\u202f]\d{3})+|\d+)`;
const DECIMAL = String.raw`(?:${DIGITS}(?:\.\d*)?|\.\d+)`;
const POWER = String.raw`(?:e|\s*(?:\\times|\\cdot|[x×*·⋅])\s*10\s*\^)\s*\{?\s*([+-]?\d{1,4})\s*\}?`;
const PERCENT = String.raw`(?:\s*(?:\\?%|percent|per cent))?`;

const REPEATING = /^([+-]?)\s*(\d*)\.(\d*)\\(?:overline|bar|dot)\s*\{?(\d+)\}?$/;
const PLAIN = new RegExp(String.raw`^([+-]?)\s*(${DECIMAL})(?:${POWER})?(${PERCENT})$`, "i");
const POWER_OF_TEN = /^([+-]?)\s*10\s*\^\s*\{?\s*([+-]?\d{1,4})\s*\}?$/;
const SLASH = new RegExp(String.raw`^([+-]?)\s*(?:(\d+)\s+)?(${DECIMAL})\s*[/⁄]\s*([+-]?${DECIMAL})(${PERCENT})$`, "i");
const FRAC = new RegExp(
  String.raw`^([+-]?)\s*(\d+)?\s*\\frac\s*(?:\{\s*([+-]?${DECIMAL})\s*\}|(\d))\s*(?:\{\s*([+-]?${DECIMAL})\s*\}|(\d))(${PERCENT})$`,
);
const SCALED = /^(.*\d)\s*(thousand|million|billion|trillion)$/i;

const SCALES: Readonly<Record<string, bigint>> = {
  thousand: 10n ** 3n,
  million: 10n ** 6n,
  billion: 10n ** 9n,
  trillion: 10n ** 12n,
};

/**
 * Reads a clean answer that is a number and nothing else: "1,200", "1 200", "-.5", "1.2e3", "1.2 \times 10^{3}", "3/4",
 * "1 3/4", "\frac{3}{4}", "0.\overline{3}", "50%" (one half), "1.5 million". Null for everything else.
 */
export function readNumber(text: string): ExactNumber | null {
  if (text.length > MAX_LENGTH || !/\d/.test(text)) return null;
  const scaled = SCALED.exec(text);
  if (scaled !== null) {
    const number = readNumber((scaled[1] ?? "").trim());
    return number === null ? null : times(number, SCALES[(scaled[2] ?? "").toLowerCase()] ?? 1n, 1n);
  }
  return readPlain(text) ?? readFraction(text) ?? readRepeating(text);
}

function readPlain(text: string): ExactNumber | null {
  const power = POWER_OF_TEN.exec(text);
  if (power !== null) return shifted(signed({ numerator: 1n, denominator: 1n }, power[1]), Number(power[2]));
  const match = PLAIN.exec(text);
  const number = match === null ? null : decimal(match[2] ?? "");
  if (match === null || number === null) return null;
  return percented(shifted(signed(number, match[1]), Number(match[3] ?? 0)), match[4]);
}

function readFraction(text: string): ExactNumber | null {
  const slash = SLASH.exec(text);
  if (slash !== null) return mixed(slash[1], slash[2], slash[3], slash[4], slash[5]);
  const frac = FRAC.exec(text);
  return frac === null ? null : mixed(frac[1], frac[2], frac[3] ?? frac[4], frac[5] ?? frac[6], frac[7]);
}

/** [sign] [whole] numerator / denominator [%]. */
function mixed(
  sign: string | undefined,
  whole: string | undefined,
  numerator: string | undefined,
  denominator: string | undefined,
  percent: string | undefined,
): ExactNumber | null {
  const [above, below] = [decimal(numerator ?? ""), decimal(denominator ?? "")];
  if (above === null || below === null || below.numerator === 0n) return null;
  // "2 -1/3" is no mixed number.
  if (whole !== undefined && (above.numerator < 0n || below.numerator < 0n)) return null;
  const part = times(above, below.denominator, below.numerator);
  const sum = whole === undefined ? part : reduce(part.numerator + BigInt(whole) * part.denominator, part.denominator);
  return percented(signed(sum, sign), percent);
}

/** 0.1\overline{6} is 16/90 - 1/90. */
function readRepeating(text: string): ExactNumber | null {
  const [, sign, whole = "", fixed = "", repeated = ""] = REPEATING.exec(text) ?? [];
  if (repeated === "") return null;
  const all = BigInt(whole + fixed + repeated);
  const before = BigInt(`0${whole}${fixed}`);
  const denominator = (10n ** BigInt(repeated.length) - 1n) * 10n ** BigInt(fixed.length);
  return signed(reduce(all - before, denominator), sign);
}

/** Digits with separators of thousands and a decimal point, and a sign of its own inside a fraction. */
function decimal(text: string): ExactNumber | null {
  const plain = text.replace(/[,\s\u00a0\u2009\u202f]/g, "");
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(plain);
  const [, sign, whole = "", fraction = ""] = match ?? [];
  if (match === null || whole + fraction === "") return null;
  return signed(reduce(BigInt(whole + fraction), 10n ** BigInt(fraction.length)), sign);
}

function signed(number: ExactNumber, sign: string | undefined): ExactNumber {
  return sign === "-" ? { ...number, numerator: -number.numerator } : number;
}

function percented(number: ExactNumber | null, percent: string | undefined): ExactNumber | null {
  return number === null || (percent ?? "").trim() === "" ? number : times(number, 1n, 100n);
}

function shifted(number: ExactNumber, exponent: number): ExactNumber | null {
  if (Math.abs(exponent) > MAX_EXPONENT) return null;
  const power = 10n ** BigInt(Math.abs(exponent));
  return exponent < 0 ? times(number, 1n, power) : times(number, power, 1n);
}

function times({ numerator, denominator }: ExactNumber, above: bigint, below: bigint): ExactNumber {
  return reduce(numerator * above, denominator * below);
}

function reduce(numerator: bigint, denominator: bigint): ExactNumber {
  const sign = denominator < 0n ? -1n : 1n;
  let [a, b] = [numerator < 0n ? -numerator : numerator, denominator * sign];
  while (b !== 0n) [a, b] = [b, a % b];
  const divisor = a === 0n ? 1n : a;
  return { numerator: (sign * numerator) / divisor, denominator: (sign * denominator) / divisor };
}

/** Decimals with more places than this are written as fractions. */
const MAX_PLACES = 100;

/** One text per value: a decimal where it ends ("0.5"), else a fraction ("1/3"). */
export function formatNumber({ numerator, denominator }: ExactNumber): string {
  const places = decimalPlaces(denominator);
  if (places === null) return `${numerator}/${denominator}`;
  const digits = (numerator < 0n ? -numerator : numerator) * (10n ** BigInt(places) / denominator);
  const text = digits.toString().padStart(places + 1, "0");
  const sign = numerator < 0n ? "-" : "";
  return places === 0 ? sign + text : `${sign}${text.slice(0, -places)}.${text.slice(-places)}`;
}

/** How many decimals a fraction with this denominator has; null where they never end, or are too many. */
function decimalPlaces(denominator: bigint): number | null {
  let rest = denominator;
  for (let places = 0; places <= MAX_PLACES; places++) {
    if (rest === 1n) return places;
    const divisor = rest % 10n === 0n ? 10n : rest % 5n === 0n ? 5n : 2n;
    if (rest % divisor !== 0n) return null;
    rest /= divisor;
  }
  return null;
}
