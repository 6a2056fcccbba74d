import { describe, expect, test } from 'vitest';
import { runLitmus } from '../../../src/harness/litmus/run.ts';
import { allBut, type Case, digits, x86 } from './cases.ts';

const bits2 = '00 01 10 11';

/** Two registers, or the final values of x and y. */
const two: readonly Case[] = [
  x86('SB', 'Wx1 Ry | Wy1 Rx', '', bits2),
  x86('SB+fence+plain', 'Wx1 F Ry | Wy1 Rx', '', bits2),
  x86('SB+fences', 'Wx1 F Ry | Wy1 F Rx', '', '01 10 11'),
  x86('SB+fence too early', 'F Wx1 Ry | Wy1 F Rx', '', bits2),
  x86('SB+locked increments between', 'Wx1 Iz Ry | Wy1 Iz Rx', '', '01 10 11'),
  x86('SB+increments as stores', 'Ix Ry | Iy Rx', '', '01 10 11'),
  x86('LB', 'Rx Wy1 | Ry Wx1', '', '00 01 10'),
  x86('LB+fences', 'Rx F Wy1 | Ry F Wx1', '', '00 01 10'),
  x86('MP', 'Wx1 Wy1 | Ry Rx', '', '00 01 11'),
  x86('MP+fence', 'Wx1 F Wy1 | Ry Rx', '', '00 01 11'),
  x86('MP+fences', 'Wx1 F Wy1 | Ry F Rx', '', '00 01 11'),
  x86('MP backwards', 'Wx1 Wy1 | Rx Ry', '', bits2),
  x86('2+2W', 'Wx1 Wy2 | Wy1 Wx2', 'x y', '12 21 22'),
  x86('2+2W+fences', 'Wx1 F Wy2 | Wy1 F Wx2', 'x y', '12 21 22'),
  x86('CoWW', 'Wx1 Wx2', 'x', '2'),
  x86('CoRR', 'Wx1 | Rx Rx', '', '00 01 11'),
  x86('CoRR+fence', 'Wx1 | Rx F Rx', '', '00 01 11'),
  x86('CoWR', 'Wx1 Rx | Wx2', 'x', '11 12 22'),
  x86('CoRW', 'Rx Wx1 | Wx2', 'x', '01 02 21'),
  x86('increments lose nothing', 'Ix | Ix', 'x', '2'),
  x86(
    'a fence after the load leaves the store waiting',
    'Wx1 Ry F | Wy1 Ix Rx',
    'x',
    '011 022 111 122',
  ),
  x86('an increment and a store', 'Ix | Wx5', 'x', '5 6'),
];

const three: readonly Case[] = [
  x86('R', 'Wx1 Wy1 | Wy2 Rx', 'y', '01 02 11 12'),
  x86('R+fence on the reader', 'Wx1 Wy1 | Wy2 F Rx', 'y', '01 11 12'),
  x86('R+fence on the writer', 'Wx1 F Wy1 | Wy2 Rx', 'y', '01 02 11 12'),
  x86('R+fences', 'Wx1 F Wy1 | Wy2 F Rx', 'y', '01 11 12'),
  x86('S', 'Wx2 Wy1 | Ry Wx1', 'x', '01 02 11'),
  x86('S+fences', 'Wx2 F Wy1 | Ry F Wx1', 'x', '01 02 11'),
  x86('SB+own store first', 'Wx1 Rx Ry | Wy1 Ry Rx', '', '1010 1011 1110 1111'),
  x86('SB+own store first, fenced', 'Wx1 Rx F Ry | Wy1 Ry F Rx', '', '1011 1110 1111'),
  x86('SB+exchanges', 'Xx1 Ry | Xy1 Rx', '', '0001 0100 0101'),
  x86('SB+exchange on one side', 'Xx1 Ry | Wy1 Rx', '', '000 001 010 011'),
  x86('MP+exchange', 'Wx1 Xy1 | Ry Rx', '', '000 001 011'),
  x86('exchanges of one place', 'Xx1 | Xx2', 'x', '012 201'),
  x86('WRC', 'Wx1 | Rx Wy1 | Ry Rx', '', allBut(3, 2, '110')),
  x86('WRC+fences', 'Wx1 | Rx F Wy1 | Ry F Rx', '', allBut(3, 2, '110')),
  x86('RWC', 'Wx1 | Rx Ry | Wy1 Rx', '', allBut(3, 2, '')),
  x86('RWC+fence', 'Wx1 | Rx Ry | Wy1 F Rx', '', allBut(3, 2, '100')),
  x86('W+RWC', 'Wx1 Wy1 | Ry Rz | Wz1 Rx', '', allBut(3, 2, '')),
  x86('W+RWC+fence', 'Wx1 Wy1 | Ry Rz | Wz1 F Rx', '', allBut(3, 2, '100')),
  x86('ISA2', 'Wx1 Wy1 | Ry Wz1 | Rz Rx', '', allBut(3, 2, '110')),
  x86('3.SB', 'Wx1 Ry | Wy1 Rz | Wz1 Rx', '', allBut(3, 2, '')),
  x86('3.SB+fences', 'Wx1 F Ry | Wy1 F Rz | Wz1 F Rx', '', allBut(3, 2, '000')),
  x86('3.SB+two fences', 'Wx1 F Ry | Wy1 F Rz | Wz1 Rx', '', allBut(3, 2, '')),
  x86('3.LB', 'Rx Wy1 | Ry Wz1 | Rz Wx1', '', allBut(3, 2, '111')),
  x86('IRIW', 'Wx1 | Wy1 | Rx Ry | Ry Rx', '', allBut(4, 2, '1010')),
  x86('IRIW+fences', 'Wx1 | Wy1 | Rx F Ry | Ry F Rx', '', allBut(4, 2, '1010')),
  x86(
    'IRIW+exchanges',
    'Xx1 | Xy1 | Rx Ry | Ry Rx',
    '',
    allBut(4, 2, '1010')
      .split(' ')
      .map(w => `00${w}`)
      .join(' '),
  ),
];

describe('x86-TSO allows exactly this', () => {
  test.each([...two, ...three])('$name', ({ text, allowed }) => {
    const result = runLitmus(text, { memory: 'tso', maxStates: 100_000 });
    expect(result.problems).toEqual([]);
    expect(result.exhaustive).toBe(true);
    expect(digits(result.states).sort()).toEqual([...allowed].sort());
    const full = runLitmus(text, { memory: 'tso', maxStates: 100_000, reduce: false });
    expect(full.states).toEqual(result.states);
    expect(full.explored.states).toBeGreaterThanOrEqual(result.explored.states);
  });
});

describe('sequential consistency allows no store to wait', () => {
  test.each([
    ['SB', 'Wx1 Ry | Wy1 Rx', '01 10 11'],
    ['RWC', 'Wx1 | Rx Ry | Wy1 Rx', allBut(3, 2, '100')],
    ['SB+own store first', 'Wx1 Rx Ry | Wy1 Ry Rx', '1011 1110 1111'],
  ])('%s', (name, program, allowed) => {
    const { text } = x86(name, program, '', allowed);
    const result = runLitmus(text, { memory: 'sc', maxStates: 100_000 });
    expect(digits(result.states).sort()).toEqual(allowed.split(' ').sort());
  });
});
