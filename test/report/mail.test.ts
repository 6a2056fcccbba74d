import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { b4Checks } from '../../src/report/mail/b4.ts';
import { deservesReply, draftReplies } from '../../src/report/mail/draft.ts';
import { parseAddresses, textField } from '../../src/report/mail/headers.ts';
import { mailReport } from '../../src/report/mail/mail.ts';
import type { ReviewMail } from '../../src/report/mail/review-mail.ts';
import { readReviewMail } from '../../src/report/mail/review-mail.ts';
import { defaultOptions } from '../../src/report/report.ts';
import { samples } from './samples/all.ts';
import { broken } from './samples/broken.ts';
import { hostile, hostileText } from './samples/hostile.ts';
import { mailBody, rawMails } from './samples/mail.ts';

const mail = readReviewMail(2, rawMails['8bit']!);
const reviewer = 'Rev Iewer <rev@example.org>';

function draftOf(result = broken, answered: ReviewMail = mail): string {
  const drafts = draftReplies(result, [answered], { reviewer });
  return drafts[0]?.text ?? '';
}

function split(draft: string): { headers: string; body: string[] } {
  const end = draft.indexOf('\n\n');
  return { headers: draft.slice(0, end), body: draft.slice(end + 2).split('\n') };
}

describe('reading a mail', () => {
  test.each(Object.entries(rawMails))('%s gives the same text', (_name, raw) => {
    const read = readReviewMail(2, raw);
    expect(read.body.trimEnd()).toBe(mailBody.trimEnd());
    expect(read.subject).toBe(
      '[PATCH v2 2/2] KVM: x86/mmu: Query the zap-all quirk where it is needed',
    );
    expect(read.messageId).toBe('20260630222728.1-3-ada@example.org');
    expect(read.references).toEqual(['20260630222728.1-1-ada@example.org']);
    expect(read.cc).toContain('Zoë K');
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (head, rest) => {
        readReviewMail(1, `${head}\n\n${rest}`);
        readReviewMail(1, `Content-Type: multipart/x; boundary=a\n\n${rest}\n--a\n\n${head}`);
      }),
    );
  });
});

describe('a draft', () => {
  test('is as it was', async () => {
    await expect(draftOf()).toMatchFileSnapshot('../golden/report/broken.eml');
  });

  test('answers in the thread, to the author and the lists, not to the reviewer', () => {
    const { headers } = split(draftOf());
    expect(headers).toContain('To: Ada Sample <ada@example.org>\n');
    expect(headers).toMatch(/^Cc: kvm@vger\.example\.org, "Doe, Jan" <jan@example\.org>/m);
    expect(headers).toContain('=?UTF-8?B?Wm/DqyBL?= <zoe@example.org>');
    expect(headers).not.toMatch(/^Cc:.*rev@example/m);
    expect(headers).not.toContain('xxxxxxxx');
    expect(headers).toContain('In-Reply-To: <20260630222728.1-3-ada@example.org>\n');
    expect(headers).toMatch(/^References: <20260630222728\.1-1-ada@example\.org>\n </m);
    expect(headers).toMatch(/^Subject: Re: \[PATCH v2 2\/2\] KVM/m);
    expect(headers).toContain('Content-Transfer-Encoding: 8bit');
  });

  test('quotes the mail byte for byte, in its order', () => {
    const lines = mail.body.split('\n');
    let from = 0;
    const quotes = split(draftOf()).body.filter(line => line.startsWith('> '));
    expect(quotes.length).toBeGreaterThan(5);
    for (const line of quotes) {
      const at = lines.indexOf(line.slice(2), from);
      expect(at, line).toBeGreaterThanOrEqual(from);
      from = at + 1;
    }
  });

  test('puts the comment beneath the line that the schedule runs', () => {
    const { body } = split(draftOf());
    const at = body.findIndex(line => line.startsWith('Is this sequence possible'));
    expect(body[at - 2]).toBe('> +	if (kvm_memslot_flush_zap_all(kvm))');
    expect(body[at - 3]).toBe('> -	if (zap_all)');
    expect(body[at - 4]).toBe('>  ');
  });

  test.each(['broken', 'twelve', 'hostile'])('%s keeps to 78 columns and to questions', name => {
    const sample = samples[name]!;
    const mails = sample.patches.map(p => ({ ...mail, index: p.index }));
    for (const draft of draftReplies(sample, mails, { reviewer })) {
      const own = split(draft.text).body.filter(line => !line.startsWith('> '));
      const over = own.filter(line => line.length > 78 && !line.includes("$'"));
      expect(over).toEqual([]);
      expect(own.join('\n')).not.toMatch(/^[A-Za-z-]+-by:/m);
      expect(own.join('\n')).not.toMatch(/\b(broken|wrong patch|NAK|incorrect)\b/);
      expect(own.join('\n')).toContain('?');
      expect(own.some(line => line.startsWith('From '))).toBe(false);
    }
  });

  test('is written for what is charged to the patch or refuted, and for nothing else', () => {
    const deserving = (name: string): number[] =>
      (samples[name]?.patches ?? []).filter(deservesReply).map(p => p.index);
    expect(deserving('equivalent')).toEqual([]);
    expect(deserving('changed')).toEqual([]);
    expect(deserving('inconclusive')).toEqual([]);
    expect(deserving('broken')).toEqual([2]);
    expect(deserving('twelve')).toEqual([4, 9, 11]);
  });

  test('has a file name of plain letters', () => {
    const names = draftReplies(hostile, [mail], { reviewer }).map(d => d.fileName);
    expect(names).toHaveLength(1);
    for (const name of names) expect(name).toMatch(/^\d{4}[a-z0-9-]*\.eml$/);
  });

  test('survives a hostile mail', () => {
    const bad: ReviewMail = {
      index: 2,
      messageId: 'a@b> x',
      subject: hostileText,
      from: `${hostileText} <ada@example.org>`,
      to: `evil\r\nBcc: victim@example.org, ok@example.org`,
      cc: `"a\r\nX: y" <c@example.org>`,
      date: hostileText,
      references: ['a b', '\r\nBcc: x@example.org'],
      body: `${mailBody}\n${hostileText}`.replace('one_context', `\u001b[2J${hostileText}`),
    };
    const { headers, body } = split(draftOf(hostile, bad));
    const names = headers.split('\n').map(line => /^([A-Za-z-]+):| /.exec(line)?.[1] ?? '');
    expect(names.filter(name => name !== '')).toEqual([
      'From',
      'To',
      'Cc',
      'Subject',
      'MIME-Version',
      'Content-Type',
      'Content-Transfer-Encoding',
    ]);
    expect(body.join('\n')).not.toMatch(/[^\n\t\P{Cc}]|\p{Cf}/u);
  });
});

test('addresses never become two fields', () => {
  fc.assert(
    fc.property(fc.string(), text => {
      for (const address of parseAddresses(text)) expect(address.email).toMatch(/^[!-~]+$/);
      for (const line of textField('Subject', text).split('\n').slice(1)) {
        expect(line.startsWith(' ')).toBe(true);
      }
    }),
  );
});

test('the mailbox of all drafts holds each of them once', () => {
  const mails = [1, 2].map(index => ({ ...mail, index }));
  const { output } = mailReport(broken, { ...defaultOptions, mails });
  expect(output.match(/^From mmudelta /gm)).toHaveLength(1);
});

const runs = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;
/** It comes without a module that it needs where a distribution splits the two. */
const hasSendEmail =
  runs('git', 'send-email', '--dump-aliases') && runs('perl', '-MMail::Address', '-e', '1');

test.skipIf(!hasSendEmail)('git send-email --dry-run takes every draft', () => {
  const dir = mkdtempSync(join(tmpdir(), 'mmudelta-mail-'));
  try {
    const mails = samples['twelve']!.patches.map(p => ({ ...mail, index: p.index }));
    const drafts = [
      ...draftReplies(samples['twelve']!, mails, { reviewer }),
      ...draftReplies(broken, [mail], { reviewer }),
      ...draftReplies(hostile, [mail], { reviewer }),
    ];
    for (const draft of drafts) {
      const file = join(dir, draft.fileName);
      writeFileSync(file, draft.text);
      const out = execFileSync(
        'git',
        [
          '-c',
          'user.name=Rev',
          '-c',
          'user.email=rev@example.org',
          'send-email',
          '--dry-run',
          '--quiet',
          '--confirm=never',
          '--validate',
          '--from=rev@example.org',
          '--suppress-cc=all',
          '--cc=kvm@vger.example.org',
          '--to=ada@example.org',
          file,
        ],
        { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
      );
      expect(out).toContain('Dry-Sent Re: ');
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test.each([
  ['broken', 'fail'],
  ['twelve', 'fail'],
  ['equivalent', 'pass'],
  ['changed', 'pass'],
  ['inconclusive', 'warn'],
  ['failed', 'warn'],
  ['hostile', 'fail'],
])('b4 gets one check for %s: %s', (name, status) => {
  const checks = b4Checks(samples[name]!, defaultOptions);
  expect(checks).toHaveLength(1);
  expect(Object.keys(checks[0]!)).toEqual(['tool', 'status', 'summary', 'url', 'details']);
  expect(checks[0]?.status).toBe(status);
  expect(checks[0]?.summary).not.toMatch(/\n/);
});
