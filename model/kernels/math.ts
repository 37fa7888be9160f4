// Elementary functions compiled into the module, so that their bits do not depend on the JavaScript engine.

/** e^x for four floats, relative error about 1e-7; x is clamped to [-87, 87]. */
@inline
export function exponential(x: v128): v128 {
  const clamped = f32x4.max(f32x4.min(x, f32x4.splat(87)), f32x4.splat(-87));
  const whole = f32x4.nearest(f32x4.mul(clamped, f32x4.splat(<f32>1.4426950408889634)));
  // Cody and Waite: ln 2 in two parts, so that the remainder keeps its low bits.
  let r = f32x4.sub(clamped, f32x4.mul(whole, f32x4.splat(<f32>0.693359375)));
  r = f32x4.sub(r, f32x4.mul(whole, f32x4.splat(<f32>-2.12194440e-4)));
  let p = f32x4.splat(<f32>1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(<f32>1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(<f32>8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(<f32>4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(<f32>1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(<f32>5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  const exponent = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(whole), i32x4.splat(127)), 23);
  return f32x4.mul(p, exponent);
}

@inline
export function exponentialOf(x: f32): f32 {
  return f32x4.extract_lane(exponential(f32x4.splat(x)), 0);
}

@inline
export function horizontalSum(x: v128): f32 {
  return (f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1)) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/** Sum of a[i] * b[i]; n is a multiple of 4. */
@inline
export function dot(n: i32, a: usize, b: usize): f32 {
  let sum = f32x4.splat(0);
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 16) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(a + i), v128.load(b + i)));
  }
  return horizontalSum(sum);
}

/** y += scale * x; n is a multiple of 4. */
@inline
export function addScaled(n: i32, scale: f32, x: usize, y: usize): void {
  const s = f32x4.splat(scale);
  for (let i: usize = 0, end = (<usize>n) << 2; i < end; i += 16) {
    v128.store(y + i, f32x4.add(v128.load(y + i), f32x4.mul(s, v128.load(x + i))));
  }
}
