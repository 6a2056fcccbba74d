/** What generating code for a set of models shares: layout, addresses of globals, tables that number things. */
import type { CType } from '../c/types.ts';
import type { Global, Loc, ModelFunction } from '../ir/ir.ts';
import type { PointKind } from '../lift/primitives.ts';
import type { Layout } from './layout.ts';

/** Pointers are byte addresses: cell index * 4 above this base, so that small integers are never valid pointers. */
export const ADDRESS_BASE = 0x10000000;

export const POINT_KINDS: readonly PointKind[] = [
  'access',
  'read-lock',
  'write-lock',
  'spin-lock',
  'mutex-lock',
  'unlock',
  'rcu',
  'choice',
  'sync',
  'guest',
  'flush',
  'request',
  'quiet',
];
export const pointNumber = (kind: PointKind): number => POINT_KINDS.indexOf(kind) + 1;

/** A place in a model that the simulated kernel may report on. */
export interface Site {
  readonly fn: string;
  readonly loc: Loc;
  /** What happens here: a primitive's name, `load`, `store`, or a WARN's condition. */
  readonly what: string;
  /** Location class for accesses, else ''. */
  readonly locationClass: string;
  /** An access without ordering of its own. */
  readonly plain?: boolean;
  /** Bits of the word that a load through a bit-field looks at; all of them when absent. */
  readonly bits?: number;
}

export interface CoverPoint {
  readonly fn: string;
  readonly loc: Loc;
}

/** Operand number `index` of a function's tests, as ir/conditions.ts counts them. */
export interface Decision {
  readonly fn: string;
  readonly index: number;
}

export class CodeUnit {
  readonly layout: Layout;
  readonly models: ReadonlyMap<string, ModelFunction>;
  /** Functions that may suspend. */
  readonly resumable: ReadonlySet<string>;
  /** Plain accesses to these classes are scheduling points because they race. */
  readonly racing: ReadonlySet<string>;
  readonly sites: Site[] = [
    { fn: '', loc: { file: '', line: 0, macro: null }, what: '', locationClass: '' },
  ];
  readonly cover: CoverPoint[] = [];
  readonly decisions: Decision[] = [];
  readonly functionNumbers = new Map<string, number>();
  readonly unsupported: {
    readonly code: string;
    readonly message: string;
    readonly loc: Loc;
    readonly fn: string;
  }[] = [];
  private bitsOfSites = new Int32Array(0);
  private readonly globalCells = new Map<string, number>();
  private readonly placeGlobal: (global: Global) => number;

  constructor(
    layout: Layout,
    models: ReadonlyMap<string, ModelFunction>,
    resumable: ReadonlySet<string>,
    racing: ReadonlySet<string>,
    placeGlobal: (global: Global) => number,
  ) {
    this.layout = layout;
    this.models = models;
    this.resumable = resumable;
    this.racing = racing;
    this.placeGlobal = placeGlobal;
  }

  site(site: Site): number {
    return this.sites.push(site) - 1;
  }

  /** By number of a site, the bits that it reads. */
  get readBits(): Int32Array {
    if (this.bitsOfSites.length !== this.sites.length)
      this.bitsOfSites = Int32Array.from(this.sites, site => site.bits ?? -1);
    return this.bitsOfSites;
  }

  globalCell(global: Global): number {
    let cell = this.globalCells.get(global.name);
    if (cell === undefined) {
      cell = this.placeGlobal(global);
      this.globalCells.set(global.name, cell);
    }
    return cell;
  }

  functionNumber(name: string): number {
    let n = this.functionNumbers.get(name);
    if (n === undefined) {
      n = this.functionNumbers.size + 1;
      this.functionNumbers.set(name, n);
    }
    return n;
  }

  decision(fn: string, index: number): number {
    return this.decisions.push({ fn, index }) - 1;
  }

  coverPoint(fn: string, loc: Loc): number {
    return this.cover.push({ fn, loc }) - 1;
  }
}

/** JavaScript parameters a value of the type takes. */
export const slots = (type: CType): number => (type.kind === 'int' && type.bits === 64 ? 2 : 1);
