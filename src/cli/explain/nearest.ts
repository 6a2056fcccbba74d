const NEAREST = 3;
/** An id is worth comparing, a page of somebody else's text is not. */
const LONGEST = 80;

/** Of `known`, what is spelt most like `id`, nearest first. */
export function nearest(id: string, known: readonly string[]): string[] {
  const wanted = id.slice(0, LONGEST).toLowerCase();
  const scored = known.map(each => {
    const contains = wanted.length >= 3 && each.includes(wanted);
    return { each, distance: contains ? 0 : editDistance(wanted, each) };
  });
  scored.sort((a, b) => a.distance - b.distance || (a.each < b.each ? -1 : 1));
  return scored.slice(0, NEAREST).map(s => s.each);
}

/** Levenshtein. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
