/** The files of printed models, formatted by ts-morph. */
import type { StructureKind as Kind } from 'ts-morph';
import type { Printed, PrintedFunction } from './print.ts';

const runtimeNames =
  `NULL READ_ONCE address block cast clear containerOf copy distance div fromAddress local max min offset
ref s16 s32 s64 s8 same smp_load_acquire snapshot t u16 u32 u64 u8 unsupported update external absent`.split(
    /\s+/,
  );
const runtimeTypes = ['Opaque', 'Ref', 'Structs', 'Struct'];

/** File name, relative to the folder of models, to text; `runtime` is the text of runtime.ts. */
export async function emitModels(printed: Printed, runtime: string): Promise<Map<string, string>> {
  // ts-morph brings the whole compiler: only who emits models waits for it.
  const { Project, StructureKind } = await import('ts-morph');
  const importKind: Kind.ImportDeclaration = StructureKind.ImportDeclaration;
  const functionKind: Kind.Function = StructureKind.Function;
  const project = new Project({ useInMemoryFileSystem: true });
  const modules = moduleNames(printed.functions);
  const files = new Map<string, string>();
  const byModule = groupBy(printed.functions, f => modules.get(f.file) as string);
  for (const [name, functions] of byModule) {
    const source = project.createSourceFile(`${name}.ts`, {
      statements: [
        ...importsOf(name, functions, printed, modules).map(i => ({
          kind: importKind,
          ...i,
        })),
        ...functions.map(f => ({
          kind: functionKind,
          name: f.name,
          isExported: true,
          parameters: f.params.map(p => ({ ...p })),
          returnType: f.result,
          statements: f.body.join('\n'),
          docs: [`${f.file.replaceAll(/[^\w./<>-]/g, '_')}:${f.line}`],
        })),
      ],
    });
    source.formatText({ indentSize: 2 });
    files.set(`${name}.ts`, source.getFullText());
  }
  const types = project.createSourceFile('types.ts', typesFile(printed, modules, byModule));
  types.formatText({ indentSize: 2 });
  files.set('types.ts', types.getFullText());
  files.set('runtime.ts', runtime);
  return files;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [item]);
    else list.push(item);
  }
  return groups;
}

function moduleNames(functions: readonly PrintedFunction[]): Map<string, string> {
  const names = new Map<string, string>();
  const used = new Set(['types', 'runtime']);
  for (const { file } of functions) {
    if (names.has(file)) continue;
    const stem =
      (file.split('/').at(-1) ?? '')
        .replace(/\.c$/, '')
        .replaceAll(/\W+/g, '-')
        .replaceAll(/^-|-$/g, '') || 'file';
    let name = stem;
    for (let n = 2; used.has(name); n++) name = `${stem}-${n}`;
    used.add(name);
    names.set(file, name);
  }
  return names;
}

const wordsOf = (text: string): Set<string> => new Set(text.match(/[A-Za-z_$][\w$]*/g) ?? []);

function importsOf(
  module: string,
  functions: readonly PrintedFunction[],
  printed: Printed,
  modules: ReadonlyMap<string, string>,
) {
  const text = functions
    .flatMap(f => [...f.body, ...f.params.map(p => p.type), f.result])
    .join('\n');
  const words = wordsOf(text);
  const own = new Set(functions.map(f => f.name));
  const interfaces = [...printed.types.matchAll(/^export interface (\w+)/gm)].map(
    m => m[1] as string,
  );
  const imports: {
    moduleSpecifier: string;
    namedImports: { name: string; isTypeOnly: boolean }[];
  }[] = [];
  const add = (from: string, names: readonly string[], types: readonly string[]): void => {
    const namedImports = [
      ...names.map(name => ({ name, isTypeOnly: false })),
      ...types.map(name => ({ name, isTypeOnly: true })),
    ];
    if (namedImports.length > 0) imports.push({ moduleSpecifier: `./${from}.ts`, namedImports });
  };
  const inUse = (name: string): boolean => words.has(name);
  add('runtime', runtimeNames.filter(inUse), runtimeTypes.filter(inUse));
  add(
    'types',
    ['T', 'g', 'k'].filter(inUse),
    interfaces.filter(n => inUse(n) && n !== 'Kernel'),
  );
  const others = groupBy(
    printed.functions.filter(f => !own.has(f.name) && inUse(f.name)),
    f => modules.get(f.file) as string,
  );
  for (const [from, list] of others)
    if (from !== module)
      add(
        from,
        list.map(f => f.name),
        [],
      );
  return imports;
}

function typesFile(
  printed: Printed,
  modules: ReadonlyMap<string, string>,
  byModule: ReadonlyMap<string, readonly PrintedFunction[]>,
): string {
  const start = printed.start.join('\n');
  const body = `${printed.types}\n${start}`;
  const words = wordsOf(body);
  const names = [
    ...runtimeNames,
    'array',
    'field',
    'fn',
    'pointer',
    'struct',
    'resetMemory',
    'services',
  ];
  const used = names.filter(n => words.has(n) || n === 'local' || n === 'resetMemory');
  const typeNames = [...runtimeTypes, 'Type'].filter(n => words.has(n) || n === 'Struct');
  const functionImports = [...byModule].flatMap(([name, functions]) => {
    const wanted = functions.filter(f => wordsOf(start).has(f.name)).map(f => f.name);
    return wanted.length === 0 ? [] : [`import { ${wanted.join(', ')} } from './${name}.ts';`];
  });
  void modules;
  return `import { ${[...used, ...typeNames.map(n => `type ${n}`)].join(', ')} } from './runtime.ts';
${functionImports.join('\n')}

${printed.types}

/** All file-scope objects. */
export let g: globals = local(T.globals);

/** Back to the state before anything ran. */
export function start(): void {
  resetMemory();
  g = local(T.globals);
${start}
}
`;
}
