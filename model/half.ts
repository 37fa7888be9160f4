/** Conversions of IEEE 754 half-precision numbers, given as their 16 bits. Node 22 has no Float16Array. */

export function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The nearest half, ties to even; too large values become infinite. */
export function floatToHalf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(size)) return 0x7e00;
  if (size >= 65_520) return sign | 0x7c00;
  let exponent = 1;
  while (exponent < 30 && size >= 2 ** (exponent - 14)) exponent++;
  // In units of the last bit; a carry into the next exponent gives the right bits by itself.
  const units = size / 2 ** (exponent - 25);
  const floor = Math.floor(units);
  const rest = units - floor;
  const rounded = rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
  return sign | (rounded < 1024 ? rounded : (exponent << 10) + (rounded - 1024));
}
