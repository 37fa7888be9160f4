// Matrix product on packed operands. Plain SIMD128 (multiply, then add; never a fused or relaxed instruction), and each
// element of C is one sum over k in ascending order: the result of a row does not depend on how many rows are computed
// with it, so a batched decode gives the same bits as a single one.

/** Columns of B per panel: two vectors. N must be a multiple of it. */
const PANEL: usize = 8;

/** Floats that packB writes for a K x N matrix: K * N. Element (k, n) of B is at b + k * rowStride + n * columnStride (in floats). */
export function packB(k: i32, n: i32, b: usize, rowStride: i32, columnStride: i32, packed: usize): void {
  let out = packed;
  for (let panel = 0; panel < n; panel += <i32>PANEL) {
    let row = b + ((<usize>(panel * columnStride)) << 2);
    if (columnStride == 1) {
      for (let i = 0; i < k; i++) {
        v128.store(out, v128.load(row));
        v128.store(out, v128.load(row, 16), 16);
        out += 32;
        row += (<usize>rowStride) << 2;
      }
    } else {
      const step = (<usize>columnStride) << 2;
      for (let i = 0; i < k; i++) {
        let cell = row;
        for (let c: usize = 0; c < PANEL; c++) {
          store<f32>(out + (c << 2), load<f32>(cell));
          cell += step;
        }
        out += 32;
        row += (<usize>rowStride) << 2;
      }
    }
  }
}

/** Packs A (element (m, k) at a + m * rowStride + k * columnStride) in blocks of four rows, missing rows as zeros. Floats written: ceil(M / 4) * 4 * K. */
export function packA(m: i32, k: i32, a: usize, rowStride: i32, columnStride: i32, packed: usize): void {
  let out = packed;
  const rowBytes = (<usize>rowStride) << 2;
  const columnBytes = (<usize>columnStride) << 2;
  for (let block = 0; block < m; block += 4) {
    const rows = min<i32>(4, m - block);
    let cell = a + (<usize>block) * rowBytes;
    if (rows == 4) {
      const second = cell + rowBytes;
      const third = second + rowBytes;
      const fourth = third + rowBytes;
      let offset: usize = 0;
      for (let i = 0; i < k; i++) {
        store<f32>(out, load<f32>(cell + offset));
        store<f32>(out, load<f32>(second + offset), 4);
        store<f32>(out, load<f32>(third + offset), 8);
        store<f32>(out, load<f32>(fourth + offset), 12);
        out += 16;
        offset += columnBytes;
      }
    } else {
      for (let i = 0; i < k; i++) {
        for (let r = 0; r < 4; r++) {
          store<f32>(out + ((<usize>r) << 2), r < rows ? load<f32>(cell + (<usize>r) * rowBytes) : <f32>0);
        }
        out += 16;
        cell += columnBytes;
      }
    }
  }
}

@inline
function put(c: usize, low: v128, high: v128, accumulate: bool): void {
  if (accumulate) {
    v128.store(c, f32x4.add(v128.load(c), low));
    v128.store(c, f32x4.add(v128.load(c, 16), high), 16);
  } else {
    v128.store(c, low);
    v128.store(c, high, 16);
  }
}

/** C = A B, or C += A B. M x K times K x N, both packed; C is row-major with `stride` floats per row. */
export function multiply(m: i32, k: i32, n: i32, a: usize, b: usize, c: usize, stride: i32, accumulate: bool): void {
  const rowBytes = (<usize>stride) << 2;
  const panelBytes = (<usize>k) << 5;
  const blockBytes = (<usize>k) << 4;
  let bPanel = b;
  for (let panel = 0; panel < n; panel += <i32>PANEL) {
    let aBlock = a;
    let cBlock = c + ((<usize>panel) << 2);
    for (let block = 0; block < m; block += 4) {
      let l0 = f32x4.splat(0), h0 = l0, l1 = l0, h1 = l0, l2 = l0, h2 = l0, l3 = l0, h3 = l0;
      let ap = aBlock;
      let bp = bPanel;
      const end = bPanel + panelBytes;
      while (bp < end) {
        const low = v128.load(bp);
        const high = v128.load(bp, 16);
        const a0 = v128.load32_splat(ap);
        l0 = f32x4.add(l0, f32x4.mul(a0, low));
        h0 = f32x4.add(h0, f32x4.mul(a0, high));
        const a1 = v128.load32_splat(ap, 4);
        l1 = f32x4.add(l1, f32x4.mul(a1, low));
        h1 = f32x4.add(h1, f32x4.mul(a1, high));
        const a2 = v128.load32_splat(ap, 8);
        l2 = f32x4.add(l2, f32x4.mul(a2, low));
        h2 = f32x4.add(h2, f32x4.mul(a2, high));
        const a3 = v128.load32_splat(ap, 12);
        l3 = f32x4.add(l3, f32x4.mul(a3, low));
        h3 = f32x4.add(h3, f32x4.mul(a3, high));
        ap += 16;
        bp += 32;
      }
      const rows = m - block;
      put(cBlock, l0, h0, accumulate);
      if (rows > 1) put(cBlock + rowBytes, l1, h1, accumulate);
      if (rows > 2) put(cBlock + 2 * rowBytes, l2, h2, accumulate);
      if (rows > 3) put(cBlock + 3 * rowBytes, l3, h3, accumulate);
      aBlock += blockBytes;
      cBlock += 4 * rowBytes;
    }
    bPanel += panelBytes;
  }
}

/** C = a B for one row (A not packed): four panels at a time keep the adders busy. The sums are those of `multiply`, bit for bit. */
export function multiplyRow(k: i32, n: i32, a: usize, b: usize, c: usize): void {
  const panelBytes = (<usize>k) << 5;
  let panel = 0;
  let bp = b;
  let cp = c;
  const end = a + ((<usize>k) << 2);
  for (; panel + 32 <= n; panel += 32) {
    let l0 = f32x4.splat(0), h0 = l0, l1 = l0, h1 = l0, l2 = l0, h2 = l0, l3 = l0, h3 = l0;
    let b0 = bp;
    let b1 = b0 + panelBytes;
    let b2 = b1 + panelBytes;
    let b3 = b2 + panelBytes;
    for (let ap = a; ap < end; ap += 4) {
      const x = v128.load32_splat(ap);
      l0 = f32x4.add(l0, f32x4.mul(x, v128.load(b0)));
      h0 = f32x4.add(h0, f32x4.mul(x, v128.load(b0, 16)));
      l1 = f32x4.add(l1, f32x4.mul(x, v128.load(b1)));
      h1 = f32x4.add(h1, f32x4.mul(x, v128.load(b1, 16)));
      l2 = f32x4.add(l2, f32x4.mul(x, v128.load(b2)));
      h2 = f32x4.add(h2, f32x4.mul(x, v128.load(b2, 16)));
      l3 = f32x4.add(l3, f32x4.mul(x, v128.load(b3)));
      h3 = f32x4.add(h3, f32x4.mul(x, v128.load(b3, 16)));
      b0 += 32;
      b1 += 32;
      b2 += 32;
      b3 += 32;
    }
    put(cp, l0, h0, false);
    put(cp + 32, l1, h1, false);
    put(cp + 64, l2, h2, false);
    put(cp + 96, l3, h3, false);
    bp += 4 * panelBytes;
    cp += 128;
  }
  for (; panel < n; panel += 8) {
    let low = f32x4.splat(0), high = low;
    let b0 = bp;
    for (let ap = a; ap < end; ap += 4) {
      const x = v128.load32_splat(ap);
      low = f32x4.add(low, f32x4.mul(x, v128.load(b0)));
      high = f32x4.add(high, f32x4.mul(x, v128.load(b0, 16)));
      b0 += 32;
    }
    put(cp, low, high, false);
    bp += panelBytes;
    cp += 32;
  }
}
