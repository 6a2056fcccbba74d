/** 64-bit arithmetic on (low, high) pairs of int32; the high word of a result is left in R[0]. */

type Op = (...words: number[]) => number;

const joinU = (lo: number, hi: number): bigint => (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);
const joinS = (lo: number, hi: number): bigint => BigInt.asIntN(64, joinU(lo, hi));

export function arithmetic(
  R: Int32Array,
  undefinedResult: (what: string) => void,
): Record<string, Op> {
  const give = (v: bigint): number => {
    const bits = BigInt.asUintN(64, v);
    R[0] = Number(BigInt.asIntN(32, bits >> 32n));
    return Number(BigInt.asIntN(32, bits));
  };
  const quotient = (a: bigint, b: bigint, mod: boolean): number => {
    if (b === 0n) {
      undefinedResult('division by zero');
      return give(0n);
    }
    return give(mod ? a % b : a / b);
  };
  const w = (x: number | undefined): number => x as number;
  const orUndefined = (divisor: number | undefined, compute: () => number): number => {
    if (divisor !== 0) return compute();
    undefinedResult('division by zero');
    return 0;
  };
  return {
    shl: (lo, hi, n) => {
      const s = w(n) & 63;
      if (s === 0) R[0] = w(hi);
      else if (s >= 32) {
        R[0] = w(lo) << (s - 32);
        return 0;
      } else R[0] = (w(hi) << s) | (w(lo) >>> (32 - s));
      return w(lo) << s;
    },
    shr: (lo, hi, n) => {
      const s = w(n) & 63;
      if (s >= 32) {
        R[0] = 0;
        return (w(hi) >>> (s - 32)) | 0;
      }
      R[0] = (w(hi) >>> s) | 0;
      return s === 0 ? w(lo) : (w(lo) >>> s) | (w(hi) << (32 - s));
    },
    sar: (lo, hi, n) => {
      const s = w(n) & 63;
      if (s >= 32) {
        R[0] = w(hi) >> 31;
        return w(hi) >> (s - 32);
      }
      R[0] = w(hi) >> s;
      return s === 0 ? w(lo) : (w(lo) >>> s) | (w(hi) << (32 - s));
    },
    mul: (al, ah, bl, bh) => give(joinU(w(al), w(ah)) * joinU(w(bl), w(bh))),
    udiv: (al, ah, bl, bh) => quotient(joinU(w(al), w(ah)), joinU(w(bl), w(bh)), false),
    umod: (al, ah, bl, bh) => quotient(joinU(w(al), w(ah)), joinU(w(bl), w(bh)), true),
    sdiv: (al, ah, bl, bh) => quotient(joinS(w(al), w(ah)), joinS(w(bl), w(bh)), false),
    smod: (al, ah, bl, bh) => quotient(joinS(w(al), w(ah)), joinS(w(bl), w(bh)), true),
    sd32: (a, b) => orUndefined(b, () => (w(a) / w(b)) | 0),
    sm32: (a, b) => orUndefined(b, () => (w(a) % w(b)) | 0),
    ud32: (a, b) => orUndefined(b, () => Math.floor((w(a) >>> 0) / (w(b) >>> 0)) | 0),
    um32: (a, b) => orUndefined(b, () => ((w(a) >>> 0) % (w(b) >>> 0)) | 0),
  };
}
