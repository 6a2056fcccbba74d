import type {
  BlockStmt,
  Declaration,
  Declarator,
  DeclSpec,
  Designator,
  Expr,
  External,
  Init,
  Stmt,
  TypeName,
} from '../../../src/semantics/c/ast.ts';

/** Prints syntax trees back as C, every expression parenthesised; attributes are left out. */

export function printSpec(s: DeclSpec): string {
  const words: string[] = s.storage.map(w =>
    w === 'noreturn' ? '_Noreturn' : w === 'thread' ? '__thread' : w,
  );
  if (s.isConst) words.push('const');
  if (s.isVolatile) words.push('volatile');
  const t = s.type;
  if (t === null) return words.join(' ');
  switch (t.kind) {
    case 'basic':
      words.push(...t.words);
      break;
    case 'typedef-name':
      words.push(t.name);
      break;
    case 'auto-type':
      words.push('__auto_type');
      break;
    case 'typeof':
      words.push(`typeof(${t.type === null ? printExpr(t.expr as Expr) : printType(t.type)})`);
      break;
    case 'enum': {
      const members = t.members?.map(m =>
        m.value === null ? m.name : `${m.name} = ${printExpr(m.value)}`,
      );
      words.push(`enum ${t.tag ?? ''} ${members === undefined ? '' : `{ ${members.join(', ')} }`}`);
      break;
    }
    case 'record': {
      const fields = t.fields?.map(f => {
        const name = f.declarator === null ? '' : printDeclarator(f.declarator);
        return `${printSpec(f.spec)} ${name}${f.bits === null ? '' : ` : ${printExpr(f.bits)}`};`;
      });
      words.push(
        `${t.which} ${t.tag ?? ''} ${fields === undefined ? '' : `{ ${fields.join(' ')} }`}`,
      );
    }
  }
  return words.join(' ').replace(/ +/g, ' ').trim();
}

export function printDeclarator(d: Declarator): string {
  let text = d.name ?? '';
  let wasPointer = false;
  for (const part of d.parts) {
    if (part.kind === 'pointer') {
      text = `*${text}`;
      wasPointer = true;
      continue;
    }
    if (wasPointer) text = `(${text})`;
    wasPointer = false;
    if (part.kind === 'array') text += `[${part.size === null ? '' : printExpr(part.size)}]`;
    else {
      const params = part.params.map(p => `${printSpec(p.spec)} ${printDeclarator(p.declarator)}`);
      if (part.variadic) params.push('...');
      text += `(${params.length === 0 ? 'void' : params.join(', ')})`;
    }
  }
  return text;
}

export function printType(t: TypeName): string {
  return `${printSpec(t.spec)} ${printDeclarator(t.declarator)}`.trim();
}

function printDesignators(list: readonly Designator[]): string {
  const parts = list.map(d => {
    if (d.kind === 'field') return `.${d.name}`;
    return `[${printExpr(d.from)}${d.to === null ? '' : ` ... ${printExpr(d.to)}`}]`;
  });
  return parts.join('');
}

export function printInit(i: Init): string {
  if (i.kind !== 'init-list') return printExpr(i);
  const items = i.items.map(item => {
    const value = printInit(item.value);
    return item.designators.length === 0
      ? value
      : `${printDesignators(item.designators)} = ${value}`;
  });
  return `{ ${items.join(', ')} }`;
}

export function printExpr(e: Expr): string {
  switch (e.kind) {
    case 'number':
    case 'char':
      return e.text;
    case 'string':
      return e.parts.join(' ');
    case 'ident':
      return e.name;
    case 'unary':
    case 'prefix':
      return `(${e.op} ${printExpr(e.expr)})`;
    case 'postfix':
      return `(${printExpr(e.expr)} ${e.op})`;
    case 'binary':
    case 'assign':
      return `(${printExpr(e.left)} ${e.op} ${printExpr(e.right)})`;
    case 'cond': {
      const yes = e.then === null ? '' : `${printExpr(e.then)} `;
      return `(${printExpr(e.test)} ? ${yes}: ${printExpr(e.otherwise)})`;
    }
    case 'comma':
      return `(${printExpr(e.left)}, ${printExpr(e.right)})`;
    case 'call':
      return `${printExpr(e.callee)}(${e.args.map(printExpr).join(', ')})`;
    case 'type-arg':
      return printType(e.type);
    case 'index':
      return `${printExpr(e.base)}[${printExpr(e.index)}]`;
    case 'member':
      return `${printExpr(e.base)}${e.arrow ? '->' : '.'}${e.name}`;
    case 'cast':
      return `((${printType(e.type)}) ${printExpr(e.expr)})`;
    case 'sizeof-type':
    case 'alignof-type':
      return `${e.kind === 'sizeof-type' ? 'sizeof' : '_Alignof'}(${printType(e.type)})`;
    case 'sizeof-expr':
    case 'alignof-expr':
      return `(${e.kind === 'sizeof-expr' ? 'sizeof' : '_Alignof'} ${printExpr(e.expr)})`;
    case 'compound-literal':
      return `((${printType(e.type)}) ${printInit(e.init)})`;
    case 'statement-expr':
      return `(${printStmt(e.block)})`;
    case 'label-address':
      return `(&&${e.name})`;
    case 'generic': {
      const choices = e.choices.map(
        c => `${c.type === null ? 'default' : printType(c.type)}: ${printExpr(c.expr)}`,
      );
      return `_Generic(${[printExpr(e.control), ...choices].join(', ')})`;
    }
    case 'offsetof': {
      const path = printDesignators(e.path).slice(1);
      return `__builtin_offsetof(${printType(e.type)}, ${path})`;
    }
    case 'types-compatible':
      return `__builtin_types_compatible_p(${printType(e.left)}, ${printType(e.right)})`;
  }
}

export function printDeclaration(d: Declaration): string {
  const items = d.items.map(
    i => printDeclarator(i.declarator) + (i.init === null ? '' : ` = ${printInit(i.init)}`),
  );
  return `${printSpec(d.spec)} ${items.join(', ')};`;
}

function printFor(s: Extract<Stmt, { kind: 'for' }>): string {
  const opt = (e: Expr | null) => (e === null ? '' : printExpr(e));
  const init =
    s.init?.kind === 'declaration' ? printDeclaration(s.init) : `${opt(s.init as Expr | null)};`;
  return `for (${init} ${opt(s.test)}; ${opt(s.step)}) ${printStmt(s.body)}`;
}

export function printStmt(s: Stmt): string {
  switch (s.kind) {
    case 'block':
      return printBlock(s);
    case 'declaration':
      return printDeclaration(s);
    case 'expr':
      return `${printExpr(s.expr)};`;
    case 'empty':
    case 'static-assert':
    case 'label-declaration':
      return ';';
    case 'if': {
      const rest = s.otherwise === null ? '' : ` else ${printStmt(s.otherwise)}`;
      return `if (${printExpr(s.test)}) ${printStmt(s.then)}${rest}`;
    }
    case 'while':
      return `while (${printExpr(s.test)}) ${printStmt(s.body)}`;
    case 'do':
      return `do ${printStmt(s.body)} while (${printExpr(s.test)});`;
    case 'for':
      return printFor(s);
    case 'switch':
      return `switch (${printExpr(s.value)}) ${printStmt(s.body)}`;
    case 'case':
      return `case ${printExpr(s.from)}${s.to === null ? '' : ` ... ${printExpr(s.to)}`}: ${printStmt(s.body)}`;
    case 'default':
      return `default: ${printStmt(s.body)}`;
    case 'label':
      return `${s.name}: ${printStmt(s.body)}`;
    case 'goto':
      return `goto ${s.name};`;
    case 'computed-goto':
      return `goto *${printExpr(s.target)};`;
    case 'break':
    case 'continue':
      return `${s.kind};`;
    case 'return':
      return s.value === null ? 'return;' : `return ${printExpr(s.value)};`;
    case 'asm':
      return `asm ${s.isGoto ? 'goto ' : ''}(${s.text});`;
  }
}

export function printBlock(b: BlockStmt): string {
  return `{ ${b.items.map(printStmt).join(' ')} }`;
}

export function printExternal(e: External): string {
  if (e.kind === 'declaration') return printDeclaration(e);
  if (e.kind !== 'function') return '';
  return `${printSpec(e.spec)} ${printDeclarator(e.declarator)} ${printBlock(e.body())}`;
}
