import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, test } from 'vitest';
import { x86 } from './cases.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'litmus-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function litmus(...args: string[]) {
  const run = spawnSync(
    join(root, 'node_modules', '.bin', 'tsx'),
    [join(root, 'src', 'cli', 'main.ts'), 'litmus', ...args],
    {
      encoding: 'utf8',
    },
  );
  return { status: run.status, out: run.stdout, err: run.stderr };
}

const body = x86('SB', 'Wx1 Ry | Wy1 Rx', '', '').text.replace(/locations[\s\S]*/, '');
const sb = file('sb.litmus', `${body}exists (0:eax=0 /\\ 1:EAX=0)\n`);
const never = file('never.litmus', `${body}~exists (0:EAX=2)\n`);
const odd = file('odd.litmus', 'X86 odd\n{}\n P0 ;\n FXSAVE [x] ;\nexists (x=1)\n');

describe('mmudelta litmus', () => {
  test('prints as herd does', () => {
    const run = litmus(sb, never);
    expect(run).toEqual({
      status: 0,
      err: '',
      out: [
        'Test SB Allowed',
        'States 4',
        '0:EAX=0; 1:EAX=0;',
        '0:EAX=0; 1:EAX=1;',
        '0:EAX=1; 1:EAX=0;',
        '0:EAX=1; 1:EAX=1;',
        'Ok',
        'Witnesses',
        'Positive: 1 Negative: 3',
        'Condition exists (0:EAX=0 /\\ 1:EAX=0)',
        'Observation SB Sometimes 1 3',
        '',
        'Test SB Forbidden',
        'States 2',
        '0:EAX=0;',
        '0:EAX=1;',
        'Ok',
        'Witnesses',
        'Positive: 2 Negative: 0',
        'Condition ~exists (0:EAX=2)',
        'Observation SB Never 0 2',
        '',
        '',
      ].join('\n'),
    });
  });

  test('goes on after a file it cannot read', () => {
    const run = litmus('--format', 'json', odd, sb, join(folder, 'missing'), '--memory', 'sc');
    expect(run.status).toBe(2);
    const data = JSON.parse(run.out);
    const schema = JSON.parse(readFileSync(join(root, 'docs', 'schema', 'litmus.json'), 'utf8'));
    const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema);
    expect(validate(data), JSON.stringify(validate.errors)).toBe(true);
    expect(data.tests.map((each: { observation: string }) => each.observation)).toEqual(['Never']);
    expect(data.diagnostics.map((each: { code: string }) => each.code)).toEqual([
      'litmus-syntax',
      'litmus-unreadable',
    ]);
  });

  test('says so when its bound ends a search', () => {
    const run = litmus('--states', '5', sb);
    expect(run.status).toBe(3);
    expect(run.out).toContain('there may be more states');
  });
});
