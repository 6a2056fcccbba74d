/** Keeps the most recently used contents up to a number of bytes. */
export class ByteCache {
  readonly #limitBytes: number;
  readonly #entries = new Map<string, Buffer>();
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get(key: string): Buffer | undefined {
    const content = this.#entries.get(key);
    if (content === undefined) return undefined;
    // A Map iterates in order of insertion: the first entry is the one unused for longest.
    this.#entries.delete(key);
    this.#entries.set(key, content);
    return content;
  }

  set(key: string, content: Buffer): void {
    const old = this.#entries.get(key);
    if (old !== undefined) this.#bytes -= old.length;
    this.#entries.delete(key);
    this.#entries.set(key, content);
    this.#bytes += content.length;
    for (const [oldest, bytes] of this.#entries) {
      if (this.#bytes <= this.#limitBytes || oldest === key) break;
      this.#entries.delete(oldest);
      this.#bytes -= bytes.length;
    }
  }
}
