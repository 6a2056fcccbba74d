/** Fingerprints seen so far, each with the number it was first seen as: open addressing, 12 bytes an entry. */

export interface Visited {
  readonly size: number;
  /** Memory of the table. */
  readonly bytes: number;
  /** Number of the fingerprint; negative (as ~number) when it was there already. */
  add(a: number, b: number): number;
  /** Upper bound of the probability that two different states shared a fingerprint (birthday bound over 64 bits). */
  omissionProbability(): number;
}

export function createVisited(): Visited {
  let capacity = 1 << 14;
  let keysA = new Int32Array(capacity);
  let keysB = new Int32Array(capacity);
  let numbers = new Int32Array(capacity);
  let size = 0;
  const grow = (): void => {
    const [oldA, oldB, oldN, old] = [keysA, keysB, numbers, capacity];
    capacity *= 2;
    keysA = new Int32Array(capacity);
    keysB = new Int32Array(capacity);
    numbers = new Int32Array(capacity);
    for (let i = 0; i < old; i++) {
      if (oldB[i] === 0) continue;
      let j = (oldA[i] as number) & (capacity - 1);
      while (keysB[j] !== 0) j = (j + 1) & (capacity - 1);
      keysA[j] = oldA[i] as number;
      keysB[j] = oldB[i] as number;
      numbers[j] = oldN[i] as number;
    }
  };
  return {
    get size() {
      return size;
    },
    get bytes() {
      return keysA.byteLength + keysB.byteLength + numbers.byteLength;
    },
    add: (a, b) => {
      let i = a & (capacity - 1);
      while (keysB[i] !== 0) {
        if (keysA[i] === a && keysB[i] === b) return ~(numbers[i] as number);
        i = (i + 1) & (capacity - 1);
      }
      keysA[i] = a;
      keysB[i] = b;
      numbers[i] = size;
      const number = size++;
      if (size > capacity * 0.6) grow();
      return number;
    },
    omissionProbability: () => (size * size) / 2 / 2 ** 64,
  };
}
