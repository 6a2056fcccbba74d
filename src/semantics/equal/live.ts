/** Which registers are still read from a node on, itself included. */
import type { Graph, Node, Pure } from './graph.ts';

export function live(graph: Graph): readonly ReadonlySet<number>[] {
  const reads = graph.nodes.map(readBy);
  const sets = graph.nodes.map(setBy);
  const before = graph.nodes.map(() => new Set<number>());
  const comingFrom = graph.nodes.map(() => [] as number[]);
  for (const node of graph.nodes)
    for (const to of [node.next, node.otherwise]) if (to !== null) comingFrom[to.id]?.push(node.id);
  const queue = graph.nodes.map(n => n.id);
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const node = graph.nodes[id] as Node;
    const mine = before[id] as Set<number>;
    const size = mine.size;
    for (const register of reads[id] as Set<number>) mine.add(register);
    for (const to of [node.next, node.otherwise])
      for (const register of to === null ? [] : (before[to.id] as Set<number>))
        if (register !== sets[id]) mine.add(register);
    if (mine.size > size) queue.push(...(comingFrom[id] as number[]));
  }
  return before;
}

function readBy({ what }: Node): Set<number> {
  const found = new Set<number>();
  const look = (p: Pure): void => {
    if (p.kind === 'register') found.add(p.register);
    else p.args.forEach(look);
  };
  if (what.kind === 'effect') what.args.forEach(look);
  else if (what.kind !== 'nothing' && what.value !== null) look(what.value);
  return found;
}

function setBy({ what }: Node): number | null {
  if (what.kind === 'set') return what.register;
  return what.kind === 'effect' ? what.into : null;
}
