/** Small C functions, each a corner of the language where a translation easily goes wrong. */
const head = `
typedef unsigned long long u64; typedef long long s64; typedef unsigned int u32; typedef int s32;
typedef unsigned short u16; typedef short s16; typedef unsigned char u8; typedef signed char s8; typedef _Bool bool;
#define IN(i) mmd_in[i]
#define OUT(i) mmd_out[i]
struct pair { u64 a; u32 b; s16 c; bool d; };
union word { u32 all; struct { u32 low : 4; u32 mid : 9; u32 flag : 1; u32 : 2; u32 high : 16; }; };
union role { u32 word; struct { unsigned level : 4; unsigned has4 : 1; unsigned quadrant : 2; unsigned direct : 1;
	unsigned access : 3; unsigned invalid : 1; unsigned : 12; unsigned smm : 8; }; };
struct bits { int s3 : 3; unsigned u5 : 5; bool b : 1; u64 wide : 40; u32 u32bits : 32; };
struct holder { u32 head; union role role; u64 nodes[4]; u64 tag; };
struct big { struct pair p[3]; union word w; u64 tail; struct big *next; };
static u64 mix(u64 x) { x ^= x >> 31; x *= 0x7fb5d329728ea185ULL; return x ^ (x >> 27); }
static int calls;
static int count(int v) { calls = calls * 3 + v; return v; }
`;

/** Name to body; `IN(0..7)` are 64-bit inputs, `OUT(0..7)` outputs. */
const bodies: Readonly<Record<string, string>> = {
  arithmetic64: `u64 a = IN(0), b = IN(1); OUT(0) = a + b; OUT(1) = a - b; OUT(2) = a * b; OUT(3) = b ? a / b : 1;
    OUT(4) = b ? a % b : 2; OUT(5) = -a; OUT(6) = ~a ^ b; OUT(7) = (a & b) | (a ^ b);`,
  signed64: `s64 a = IN(0), b = IN(1); bool ok = b != 0 && b != -1; OUT(0) = a + b; OUT(1) = a * b; OUT(2) = ok ? a / b : 0;
    OUT(3) = ok ? a % b : 0; OUT(4) = a >> (b & 63); OUT(5) = a < b; OUT(6) = -a; OUT(7) = a >= b;`,
  arithmetic32: `u32 a = IN(0), b = IN(1); OUT(0) = a + b; OUT(1) = a - b; OUT(2) = a * b; OUT(3) = b ? a / b : 1;
    OUT(4) = b ? a % b : 2; OUT(5) = -a; OUT(6) = ~a; OUT(7) = a < b;`,
  signed32: `s32 a = IN(0), b = IN(1); bool ok = b != 0 && b != -1; OUT(0) = a + b; OUT(1) = a * b; OUT(2) = ok ? a / b : 0;
    OUT(3) = ok ? a % b : 0; OUT(4) = a >> (b & 31); OUT(5) = a < b; OUT(6) = -a; OUT(7) = (u64)a;`,
  shifts: `u64 a = IN(0); u32 s = IN(1) & 63; OUT(0) = a << s; OUT(1) = a >> s; OUT(2) = (s64)a >> s; OUT(3) = 1ULL << s;
    OUT(4) = (u32)a << (s & 31); OUT(5) = (u32)a >> (s & 31); OUT(6) = (s32)a >> (s & 31); OUT(7) = (a << 63) | (a >> 1);`,
  shiftNarrow: `u8 a = IN(0); u16 b = IN(1); s8 c = IN(2); OUT(0) = a << 24; OUT(1) = (u64)(a << 20); OUT(2) = b >> 3;
    OUT(3) = c >> 2; OUT(4) = (u8)(a << 3); OUT(5) = (s64)(c << 4); OUT(6) = (u16)(b << (a & 7)); OUT(7) = 1U << (b & 31);`,
  shiftByWide: `u64 n = IN(0) & 63; s64 m = IN(1) & 31; u8 k = IN(2) & 31; OUT(0) = 1ULL << n; OUT(1) = 5 << (m & 15);
    OUT(2) = IN(3) >> n; OUT(3) = 3U << k; OUT(4) = (s64)IN(4) >> m;`,
  mixedSigns: `s32 a = IN(0); u32 b = IN(1); s64 c = IN(2); u64 d = IN(3); OUT(0) = a < b; OUT(1) = c < d; OUT(2) = a < c;
    OUT(3) = b < c; OUT(4) = a < d; OUT(5) = (a > 0) == (b > 0); OUT(6) = a + b; OUT(7) = a + d;`,
  compareEdges: `u64 a = IN(0), b = IN(0) + (IN(1) & 3) - 1; OUT(0) = a < b; OUT(1) = a <= b; OUT(2) = a > b; OUT(3) = a >= b;
    OUT(4) = a == b; OUT(5) = (s64)a < (s64)b; OUT(6) = (u32)a <= (u32)b; OUT(7) = (s32)a > (s32)b;`,
  casts: `u64 a = IN(0); OUT(0) = (u8)a; OUT(1) = (s8)a; OUT(2) = (u16)a; OUT(3) = (s16)a; OUT(4) = (u32)a; OUT(5) = (s32)a;
    OUT(6) = (bool)a; OUT(7) = (u64)(u32)(s8)a;`,
  castChains: `s64 a = IN(0); OUT(0) = (u64)(s32)(u32)a; OUT(1) = (u32)(s64)(s16)a; OUT(2) = (s8)(u8)(a >> 3);
    OUT(3) = (bool)(u32)a; OUT(4) = (bool)(a & 0xffffffff00000000ULL); OUT(5) = !(u8)a; OUT(6) = !!a; OUT(7) = !a;`,
  promotions: `u8 a = IN(0), b = IN(1); u16 c = IN(2); s8 d = IN(3); OUT(0) = a + b; OUT(1) = a - b; OUT(2) = ~a; OUT(3) = -c;
    OUT(4) = a * c * 3; OUT(5) = d * d; OUT(6) = (a - b) < 0; OUT(7) = -d;`,
  narrowCompound: `u8 a = IN(0); s8 b = IN(1); u16 c = IN(2); s16 d = IN(3); a += IN(4); b -= IN(5); c *= IN(6); d <<= 3; a >>= 1;
    b ^= 0x5a; c |= IN(7); d += a; OUT(0) = a; OUT(1) = b; OUT(2) = c; OUT(3) = d; OUT(4) = a += 200; OUT(5) = b++; OUT(6) = ++b; OUT(7) = --c;`,
  compoundMixed: `u32 a = IN(0); s32 b = IN(1); u64 c = IN(2); s64 d = IN(3); u8 e = IN(4); a += IN(5); b -= IN(6); c <<= e & 63; d >>= e & 63;
    a /= (u8)IN(7) + 1; b %= 1000; c -= b; d += a; e /= 3; OUT(0) = a; OUT(1) = b; OUT(2) = c; OUT(3) = d; OUT(4) = e; a ^= c; OUT(5) = a;
    b |= d; OUT(6) = b; e = ~e; OUT(7) = e;`,
  compoundWideIntoNarrow: `u8 a = IN(0); u32 b = IN(1); s32 c = IN(2); a += 0x1ff00000001ULL + IN(3); b *= IN(4); c /= (IN(5) | 1) >> 8 | 3; a <<= 2;
    OUT(0) = a; OUT(1) = b; OUT(2) = c; b >>= IN(6) & 31; OUT(3) = b; c -= IN(7); OUT(4) = c; c *= 2U; OUT(5) = c;`,
  boolSteps: `bool a = IN(0) & 1, b = IN(1) & 1; OUT(0) = a++; OUT(1) = a; OUT(2) = ++b; OUT(3) = a--; OUT(4) = a; b--; OUT(5) = b; a += IN(2); OUT(6) = a;
    b |= IN(3) & 2; OUT(7) = b;`,
  boolAssign: `bool a = IN(0) << 32, b = (u32)IN(1) == 0, c = IN(2) & 0x100000000ULL; OUT(0) = a; OUT(1) = b; OUT(2) = c; a = IN(3) & 4; OUT(3) = a + a;
    b = c = IN(4) >> 40; OUT(4) = b; OUT(5) = c; OUT(6) = -a; OUT(7) = ~b;`,
  wrapSteps: `u64 a = IN(0); s64 b = IN(1); u32 c = IN(2); OUT(0) = a++; OUT(1) = ++a; OUT(2) = b--; OUT(3) = --b; OUT(4) = c--; OUT(5) = c;
    u64 z = 0; z--; OUT(6) = z; u32 y = 0; OUT(7) = --y;`,
  bitFields: `union word w = { .all = IN(0) }; OUT(0) = w.low; OUT(1) = w.mid; OUT(2) = w.flag; OUT(3) = w.high; w.mid += IN(1); w.low = IN(2); w.flag = IN(3);
    OUT(4) = w.all; w.high--; OUT(5) = w.all; OUT(6) = ++w.low; OUT(7) = w.mid++ + w.mid;`,
  bitFieldPromotion: `struct bits s = { 0 }; s.s3 = IN(0); s.u5 = IN(1); s.b = IN(2) & 1; s.u32bits = IN(3); OUT(0) = s.s3; OUT(1) = s.u5 - 40 < 0; OUT(2) = s.b;
    OUT(3) = s.s3 << 2; s.s3++; OUT(4) = s.s3; s.u5 -= 3; OUT(5) = s.u5; s.b = IN(4); OUT(6) = s.b; OUT(7) = -s.u5;`,
  bitFieldValue: `struct bits s = { 0 }; int v = (s.u5 = IN(0)); OUT(0) = v; v = (s.s3 = IN(1)); OUT(1) = v; v = (s.u5 += 9); OUT(2) = v; OUT(3) = s.u5++; OUT(4) = ++s.u5;
    OUT(5) = (s.s3 -= IN(2)); OUT(6) = s.b++; OUT(7) = s.b--;`,
  role: `union role r; r.word = IN(0); OUT(0) = r.level; r.level--; r.access = IN(1); r.invalid = 1; OUT(1) = r.word; OUT(2) = r.smm; r.quadrant = IN(2) >> 3;
    OUT(3) = r.word; union role s = r; s.direct ^= 1; OUT(4) = s.word ^ r.word; OUT(5) = s.word == r.word; OUT(6) = r.access & 2; OUT(7) = !r.invalid;`,
  unions: `union { u64 w; struct { u32 lo; u32 hi; } h; } u; u.w = IN(0); OUT(0) = u.h.lo; OUT(1) = u.h.hi; u.h.lo = IN(1); OUT(2) = u.w; u.h.hi++; OUT(3) = u.w;`,
  structCopies: `struct pair a = { IN(0), IN(1), IN(2), IN(3) }, b = a, *p = &b; b.a++; p->b += 5; struct pair c = *p; c.c = -c.c; a = c; OUT(0) = a.a; OUT(1) = a.b;
    OUT(2) = a.c; OUT(3) = a.d; OUT(4) = b.a; OUT(5) = b.c; *p = a; OUT(6) = b.c; OUT(7) = p->d;`,
  nestedStructs: `struct big g = { .p = { [1] = { .a = IN(0), .c = IN(1) }, [2] = { IN(2) } }, .w.mid = IN(3), .tail = IN(4) }, h = g; struct big *q = &h; q->next = &g;
    q->p[0] = q->p[1]; q->next->tail ^= q->p[2].a; OUT(0) = h.p[0].a; OUT(1) = g.p[0].a; OUT(2) = g.tail; OUT(3) = h.w.all; OUT(4) = h.p[0].c; OUT(5) = q->next->p[1].c; OUT(6) = h.next == &g;`,
  arrays: `u64 a[8]; u32 b[4] = { 1, 2 }; int i; for (i = 0; i < 8; i++) a[i] = IN(i) + i; u64 *p = a + (IN(0) & 7), *q = &a[7]; OUT(0) = *p; OUT(1) = q - p; OUT(2) = p <= q;
    b[IN(1) & 3] += IN(2); OUT(3) = b[0] + b[1] * 3 + b[2] * 5 + b[3] * 7; p = a; OUT(4) = *p++; OUT(5) = *++p; OUT(6) = (*p)++; OUT(7) = p[-1] + a[2];`,
  twoDimensions: `u16 m[3][4] = { { 1, 2 }, [2] = { [3] = 9 } }; int i = (IN(0) >> 3) % 3, j = IN(1) & 3; m[i][j] += IN(2); u16 (*row)[4] = &m[i]; OUT(0) = (*row)[j]; OUT(1) = m[2][3];
    OUT(2) = m[0][1]; OUT(3) = sizeof(m); OUT(4) = sizeof(m[0]) / sizeof(m[0][0]); row = m; OUT(5) = row[2][3];`,
  shortCircuit: `calls = 1; int a = IN(0) & 1, b = IN(1) & 1, c = IN(2) & 1; OUT(0) = count(a) && count(b + 2) || count(c + 4); OUT(1) = calls; calls = 1;
    OUT(2) = (count(a) || count(b)) && !count(c); OUT(3) = calls; calls = 1; if (count(a) && (count(b) || count(c) ? count(5) : count(6))) calls += 7; OUT(4) = calls;
    int i = 0; OUT(5) = (i++ && i++) || (i += 10, i > 5 && a); OUT(6) = i; OUT(7) = a && (b = c, b);`,
  conditional: `calls = 1; u64 a = IN(0); s32 b = IN(1); u32 c = IN(2); OUT(0) = a & 1 ? b : c; OUT(1) = a & 2 ? (s64)b : c; OUT(2) = (a & 4 ?: b); OUT(3) = count(b & 7) ?: count(9); OUT(4) = calls;
    OUT(5) = a ? b ? 1 : 2 : c ? 3 : 4; OUT(6) = (a & 8 ? -1 : 0U) > 0; OUT(7) = (u8)b ?: a;`,
  conditionalSideEffects: `int i = IN(0) & 3, j = i; OUT(0) = i++ > 1 ? i++ : --i; OUT(1) = i; OUT(2) = (j += 2) & 1 ? (j <<= 1) : (j = -j); OUT(3) = j; u8 k = IN(1); OUT(4) = k++ ?: 77; OUT(5) = k;
    OUT(6) = i = j = k; OUT(7) = (i, j + 1, k + 2);`,
  order: `u64 x = IN(0); u64 old = x; x = x + (x += 3, x) * 0 + 1; OUT(1) = old; u64 y = IN(1); u64 z = y++; z += y; OUT(2) = z; OUT(3) = mix(y) ^ mix(z); u32 t[3] = { 1, 2, 3 }; int i = 0;
    t[i++] += 5; OUT(4) = t[0] + 10 * t[1]; t[++i] *= 3; OUT(5) = t[2]; OUT(6) = i;`,
  switchFallthrough: `int n = IN(0) & 7; u64 r = 0; switch (n) { case 0: r += 1; case 1: r += 10; break; case 2: { r = 5; } default: r += 100; case 3: r += 1000; break; case 4 ... 5: r = n; }
    OUT(0) = r; switch ((u8)IN(1)) { case 0x80 ... 0xff: OUT(1) = 1; break; case 1: OUT(1) = 2; } switch ((s8)IN(2)) { case -1: OUT(2) = 3; break; case -128 ... -2: OUT(2) = 4; break; default: OUT(2) = 5; }`,
  switchWide: `switch (IN(0)) { case 0: OUT(0) = 1; break; case 1ULL << 31: OUT(0) = 2; break; case 0xffffffffULL: OUT(0) = 3; break; case 7: OUT(0) = 4; break; default: OUT(0) = 5; }
    switch ((s64)IN(1)) { case -1: OUT(1) = 1; break; case -5 ... -2: OUT(1) = 2; break; case 3 ... 9: OUT(1) = 3; break; default: OUT(1) = 9; }
    switch ((u32)IN(2)) { case 0xfffffff0U ... 0xffffffffU: OUT(2) = 1; break; case 0x7fffffff: OUT(2) = 2; break; default: OUT(2) = 3; }`,
  switchInLoop: `u64 r = 0; int i; for (i = 0; i < 20; i++) { switch ((IN(0) >> i) & 3) { case 0: continue; case 1: r = r * 3 + 1; break; case 2: if (r & 1) break; r += 7; default: r ^= 0x55; } r++; if (r > 100000) break; }
    OUT(0) = r; OUT(1) = i;`,
  gotoBoth: `u64 r = IN(0); int n = 0; again: if (n > 6) goto out; r = mix(r); n++; if (r & 1) goto again; if (r & 2) goto skip; r += 1000; skip: r ^= n; if (r & 4) goto again;
    out: OUT(0) = r; OUT(1) = n;`,
  gotoIntoLoop: `u64 r = IN(0); int i = IN(1) & 3; if (r & 1) goto inside; for (i = 0; i < 5; i++) { r += i; inside: r *= 3; if (r & 0x40) goto done; } r = ~r; done: OUT(0) = r; OUT(1) = i;`,
  loops: `u64 r = 0; int i, j; for (i = 0; i < (int)(IN(0) & 15); i++) for (j = i; ; j--) { if (j < 0) break; if ((i ^ j) & 1) continue; r = r * 5 + i - j; } OUT(0) = r; i = 0;
    do { i++; if (i & 1) continue; r++; } while (i < (int)(IN(1) & 15)); OUT(1) = r; OUT(2) = i; while (i-- > 0) r += i; OUT(3) = r; OUT(4) = i; u8 w; for (w = 250; w > 5; w++) r++; OUT(5) = r;`,
  statementExpr: `u64 a = ({ u64 t = IN(0); t += 3; t * 2; }); OUT(0) = a; OUT(1) = ({ int i, s = 0; for (i = 0; i < (int)(IN(1) & 7); i++) s += i; s; }) + ({ a++; a; }); OUT(2) = a;
    if (({ bool b = IN(2) & 1; a += b; b; }) && ({ a *= 3; IN(3) & 1; })) a = ~a; OUT(3) = a; OUT(4) = ({ struct pair p = { a, 1, 2, 1 }; p; }).a; OUT(5) = ({ if (a & 1) a = 1; a; });`,
  typeofAndSizeof: `u16 a = IN(0); __typeof__(a + 1) b = a - 70000; __typeof__(&a) p = &a; *p += 5; OUT(0) = b; OUT(1) = a; OUT(2) = sizeof(a + 1) + sizeof(u64[3]) + sizeof(struct pair) + sizeof(union word);
    OUT(3) = (int)sizeof(int) - 5 < 0; OUT(4) = -1 < sizeof(int); OUT(5) = __builtin_offsetof(struct pair, c); __auto_type c = IN(1); OUT(6) = c >> 1;`,
  addresses: `u64 a = IN(0), b = IN(1); u64 *p = IN(2) & 1 ? &a : &b, **pp = &p; *p += 7; **pp ^= b; pp = &p; *pp = &b; (*p)--; OUT(0) = a; OUT(1) = b; OUT(2) = p == &b; OUT(3) = !p; u32 c = IN(3); u32 *q = &c; (*q)++; OUT(4) = c;
    bool d = 0; bool *e = &d; *e = IN(4); OUT(5) = d; u8 f = IN(5); u8 *g = &f; *g += 200; OUT(6) = f; s16 h = IN(6); s16 *i = &h; OUT(7) = *i >> 1;`,
  literals: `OUT(0) = 0xffffffff + 1; OUT(1) = 0xffffffffU + 1U; OUT(2) = 4294967296 + IN(0); OUT(3) = 2147483648 > 0; OUT(4) = -2147483648 < 0; OUT(5) = 0x80000000 < 0; OUT(6) = 'a' + '\\n' + '\\x7f'; OUT(7) = ~0ULL >> 12 | 010 | 0b11;`,
  constants: `enum { A = 3, B = -1, C = 1 << 4, D }; OUT(0) = A + B; OUT(1) = D; OUT(2) = B < 0; OUT(3) = B; OUT(4) = (u64)B; enum { E = 0x80000000U }; OUT(5) = E > 0; OUT(6) = IN(0) & B; OUT(7) = C * IN(1);`,
  negatives: `s8 a = IN(0); s32 b = a; u64 c = a; u32 d = a; OUT(0) = b; OUT(1) = c; OUT(2) = d; OUT(3) = (u64)d; OUT(4) = a < 0 ? -a : a; OUT(5) = a & 0xff; OUT(6) = a / 3; OUT(7) = a % 3;`,
  divisions: `s32 a = IN(0), b = (s16)IN(1); s64 c = IN(2), d = (s32)IN(3); if (!b || b == -1) b = 3; if (!d || d == -1) d = -7; OUT(0) = a / b; OUT(1) = a % b; OUT(2) = c / d; OUT(3) = c % d; OUT(4) = (u32)a / 7; OUT(5) = IN(4) / 10;
    OUT(6) = IN(4) % 1000; OUT(7) = (u8)a / 3 * 3 + (u8)a % 3;`,
  recursion: `OUT(0) = fact(IN(0) & 15); OUT(1) = ack(IN(1) & 1, IN(2) & 3); OUT(2) = pairsum((struct pair){ IN(3), IN(4), IN(5), 1 }); struct pair p = makepair(IN(6), 3); OUT(3) = p.a + p.b; OUT(4) = makepair(IN(7), 1).b; struct pair q[2] = { [1] = makepair(9, IN(0)) }; OUT(5) = q[1].b + q[0].a;`,
  functionPointers: `u64 (*f)(u64) = IN(0) & 1 ? mix : twice; OUT(0) = f(IN(1)); OUT(1) = (*f)(IN(2)); struct ops o = { .run = f, .other = twice }; OUT(2) = o.run(3) + o.other(IN(3)); const struct ops *p = &table_ops; OUT(3) = p->run(IN(4)); OUT(4) = f == twice; OUT(5) = !p->other;`,
  scopes: `u64 a = IN(0); { u64 a = 5; a += IN(1); OUT(0) = a; { s8 a = IN(2); OUT(1) = a; } } OUT(2) = a; for (int a = 0; a < 3; a++) OUT(3) += a; if (a & 1) { u32 a = 7; OUT(4) = a--; OUT(5) = a; } static u64 kept; kept = IN(3); OUT(6) = kept++ + kept;`,
  containerOf: `struct holder h[2]; struct holder *p = &h[1]; int i = IN(0) & 3; u64 *m = &p->nodes[i]; h[1].tag = IN(1); h[0].tag = 1; *m = IN(2);
    OUT(0) = ((struct holder *)container_of(m, struct holder, nodes[i]))->tag; OUT(1) = container_of(m, struct holder, nodes[i]) == p; OUT(2) = container_of(&p->role, struct holder, role)->tag; OUT(3) = p->nodes[i];`,
  bytePointers: `u8 a[6] = { 1, 2, 3, 4, 5, 6 }; u8 *p = a; int i = IN(0) & 3; p += i; OUT(0) = *p++; OUT(1) = p[1]; OUT(2) = &a[5] - p; *--p ^= IN(1); OUT(3) = a[i]; OUT(4) = *(a + i + 1);
    p = &a[5]; p -= i; OUT(5) = *p; s8 b[3] = { -1, 2 }; s8 *q = b; OUT(6) = *q++ + *q; bool f[3] = { 0, 1 }; bool *r = f + 1; OUT(7) = *r-- + *r * 2 + (r == f) * 4;`,
  tables: `static const u8 table[2][3] = { { 1, 2, 3 }, { 4, 5 } }; static const struct pair pairs[] = { { 5, 6, -7, 1 }, [2] = { .c = 9 }, { .a = 11 } }; int i = IN(0) & 1, j = IN(1) % 3;
    OUT(0) = table[i][j]; OUT(1) = pairs[j].c; OUT(2) = sizeof(pairs) / sizeof(pairs[0]); OUT(3) = pairs[3].a; const struct pair *p = &pairs[j]; OUT(4) = p[1].a; OUT(5) = (p + 1)->c; OUT(6) = p - pairs; static const u64 wide[] = { 1ULL << 40, ~0ULL, -5 }; OUT(7) = wide[j];`,
  structValues: `struct pair a = { IN(0), 1, 2, 1 }, b = { IN(1), 3, 4, 0 }; struct pair c = IN(2) & 1 ? a : b; OUT(0) = c.a; OUT(1) = (IN(3) & 1 ? makepair(1, 2) : b).b; a = b = c; OUT(2) = a.a ^ b.b; OUT(3) = (a = makepair(IN(4), 5)).a; c = ({ b.b++; b; }); OUT(4) = c.b;
    OUT(5) = pairsum(IN(5) & 1 ? a : c); struct { struct pair in; u64 after; } w = { a, 7 }; w.in.b += 2; OUT(6) = w.in.b + w.after; union word u[2] = { { .all = IN(6) }, { .mid = IN(7) } }; u[0] = u[IN(5) & 1]; OUT(7) = u[0].all;`,
  memory: `struct pair a[3]; u64 words[4] = { 9, 8, 7, 6 }, copy[4]; memset(a, 0, sizeof(a)); a[1].a = IN(0); memcpy(&a[2], &a[1], sizeof(a[1])); OUT(0) = a[2].a + a[0].a; memcpy(copy, words, sizeof(words)); copy[1] = IN(1); OUT(1) = copy[0] + copy[1] + words[1];
    memset(&a[1], 0, sizeof(a[1])); OUT(2) = a[1].a + a[2].a; memset(words, 0, sizeof(words)); OUT(3) = words[0] | words[3]; struct big g = { .tail = IN(2) }; memset(&g.w, 0, sizeof(g.w)); OUT(4) = g.tail + g.w.all;`,
  pointerTests: `u64 a = IN(0), *p = IN(1) & 1 ? &a : (u64 *)0; OUT(0) = !p; OUT(1) = p ? *p : 5; OUT(2) = p && *p > 3; OUT(3) = (p ?: &a) == &a; void *v = p; OUT(4) = v == (void *)0; u64 **pp = &p; OUT(5) = *pp != 0; if (*pp) (**pp)++; OUT(6) = a; p = &a; OUT(7) = (u64 *)(void *)p == &a && p <= &a && p + 1 > p;`,
  commas: `int i, j; u64 r = 0; for (i = 0, j = 10; i < j; i++, j -= 2) r = r * 10 + i + j; OUT(0) = r; OUT(1) = (i = IN(0) & 7, j = i * 2, i + j); if (i++, j++, i > 4) r = ~r; OUT(2) = r; while (j -= 3, j > 0) r++; OUT(3) = r; do { if (++i & 1) continue; r += i; } while (i < 12); OUT(4) = r;
    OUT(5) = i; int k = (i > 3 ? j : i) ? 5 : 6; OUT(6) = k; k = -k; OUT(7) = k >> 1;`,
  mixedWidths: `u8 a = IN(0); u16 b = IN(1); u32 c = IN(2); u64 d = IN(3); s8 e = IN(4); s64 f = IN(5); OUT(0) = a * b * c; OUT(1) = a * b * d; OUT(2) = e * c; OUT(3) = e * f; OUT(4) = (a - b) / 3; OUT(5) = (c - d) >> (a & 31); OUT(6) = e > c; OUT(7) = (s16)(b << 3) < e;`,
  assignChains: `u8 a; s8 b; u32 c; u64 d; bool e; d = c = b = a = IN(0); OUT(0) = d; OUT(1) = c; e = a = IN(1); OUT(2) = e + a; c = (a += 3) + (b -= 2); OUT(3) = c; d = (c >>= 1) | (u64)(b = IN(2)) << 32; OUT(4) = d; c = -(a = 1); OUT(5) = c; OUT(6) = (s64)(s32)(c = IN(3)); OUT(7) = (e = d) ? (a = 255) + 1 : (b = 127) + 1;`,
  cleanups: `calls = 1; { __attribute__((cleanup(note))) int x = IN(0) & 7; __attribute__((cleanup(note))) int y = 2; calls += x; if (x & 1) goto out; if (x & 2) { OUT(1) = early(x); } } calls += 100; out: OUT(0) = calls; int i; for (i = 0; i < 3; i++) { __attribute__((cleanup(note))) int z = i; if (i == (int)(IN(1) & 3)) continue; if (i == 2) break; calls += 3; } OUT(2) = calls;`,
};

/** Where an expression's order of evaluation is not defined by C no case looks at it. */
const helpers = `
static u64 twice(u64 x) { return x * 2; }
struct ops { u64 (*run)(u64); u64 (*other)(u64); };
static const struct ops table_ops = { .run = mix };
static u64 fact(u64 n) { return n < 2 ? 1 : n * fact(n - 1); }
static u64 ack(u64 m, u64 n) { if (!m) return n + 1; if (!n) return ack(m - 1, 1); return ack(m - 1, ack(m, n - 1)); }
static u64 pairsum(struct pair p) { p.a += p.b; p.c++; return p.a + p.c + p.d; }
static struct pair makepair(u64 a, u32 b) { struct pair p = { .a = a, .b = b }; p.a ^= b; return p; }
static void note(int *v) { calls = calls * 7 + *v; }
static int early(int v) { __attribute__((cleanup(note))) int w = v; if (v > 4) return w * 2; w = 9; return w++; }
`;

export const nastyCases: readonly string[] = Object.keys(bodies).map(name => `mmd_c_${name}`);
export const nastyText = `${head}${helpers}${Object.entries(bodies)
  .map(([name, body]) => `void mmd_c_${name}(void)\n{\n\t${body}\n}`)
  .join('\n')}`;
