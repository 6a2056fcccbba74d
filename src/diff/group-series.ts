import { decodeWords, messageIdOf } from './mail-headers.ts';
import type { MailRef } from './mail-source.ts';
import { readSubject, type SubjectInfo, versionName } from './subject.ts';

/** A mail that claims a place in a series. */
export interface Member {
  readonly mail: MailRef;
  readonly info: SubjectInfo;
  readonly id: string | null;
  /** Message it answers. */
  readonly parent: string | null;
  readonly sender: string;
  /** Milliseconds since 1970; 0 when the mail does not say. */
  readonly time: number;
  /** Position in the input. */
  readonly order: number;
}

export interface MailGroup {
  /** By index; 0 is the cover letter. */
  readonly members: ReadonlyMap<number, Member>;
  readonly total: number;
  readonly version: string | null;
  /** Mails that wanted a place that was taken. */
  readonly duplicates: readonly Member[];
  /** Mails of a minor version (v3.1) that took the place of others. */
  readonly replacements: readonly Member[];
}

export function toMember(mail: MailRef, order: number): Member {
  const { headers } = mail;
  const references = headers.get('references')?.split(/\s+/).at(-1);
  const time = Date.parse(headers.get('date') ?? '');
  const from = decodeWords(headers.get('from') ?? '');
  return {
    mail,
    order,
    info: readSubject(decodeWords(headers.get('subject') ?? '')),
    id: messageIdOf(headers.get('message-id')),
    parent: messageIdOf(headers.get('in-reply-to')) ?? messageIdOf(references),
    sender: (/<([^>]*)>/.exec(from)?.[1] ?? from).trim().toLowerCase(),
    time: Number.isNaN(time) ? 0 : time,
  };
}

/** Sorts patch mails into series, in the order of the input. Replies are not to be among them. */
export function groupSeries(members: readonly Member[]): MailGroup[] {
  const byId = new Map<string, Member>();
  for (const member of members) if (member.id !== null) byId.set(member.id, member);
  const groups: Member[][] = [];
  const byKey = new Map<string, Member[]>();
  for (const member of members) {
    const key = `${seriesKey(member)} ${threadRoot(member, byId)}`;
    const group = byKey.get(key);
    if (group !== undefined) group.push(member);
    else {
      const made = [member];
      byKey.set(key, made);
      groups.push(made);
    }
  }
  return mergeThreadless(groups).map(toGroup);
}

/** What all mails of one posting have in common; a minor version belongs to its major one. */
function seriesKey({ info, sender }: Member): string {
  const flags = `${info.isRfc ? 'rfc' : ''}${info.isResend ? 'resend' : ''}`;
  return JSON.stringify([sender, info.version[0], info.total ?? 1, flags]);
}

/** The first mail of the thread within one posting; patches may answer the cover or one another. */
function threadRoot(member: Member, byId: ReadonlyMap<string, Member>): string {
  let at = member;
  for (let hops = 0; hops < 10_000; hops++) {
    const parent = at.parent === null ? undefined : byId.get(at.parent);
    if (parent === undefined || seriesKey(parent) !== seriesKey(member)) break;
    at = parent;
  }
  // A posting that answers something outside of it (the version before, or a lost cover letter).
  const isLone = (member.info.total ?? 1) === 1;
  return (isLone ? null : at.parent) ?? at.id ?? `#${at.order}`;
}

/** Mails sent without threading form one group each: those that complete one another belong together. */
function mergeThreadless(groups: readonly Member[][]): Member[][] {
  const merged: Member[][] = [];
  for (const group of groups) {
    const first = group[0];
    const target =
      first === undefined || (first.info.total ?? 1) === 1
        ? undefined
        : merged.find(other => completes(other, group));
    if (target === undefined) merged.push([...group]);
    else target.push(...group);
  }
  return merged;
}

function completes(left: readonly Member[], right: readonly Member[]): boolean {
  const [first, second] = [left[0], right[0]];
  if (first === undefined || second === undefined) return false;
  if (seriesKey(first) !== seriesKey(second)) return false;
  const taken = new Set(left.map(place));
  return right.every(member => !taken.has(place(member)) || member.info.version[1] > 0);
}

function place(member: Member): number {
  return member.info.index ?? 1;
}

function toGroup(group: readonly Member[]): MailGroup {
  const members = new Map<number, Member>();
  const duplicates: Member[] = [];
  const replacements: Member[] = [];
  for (const member of group) {
    const there = members.get(place(member));
    if (there === undefined) members.set(place(member), member);
    else if (member.info.version[1] > there.info.version[1]) {
      members.set(place(member), member);
      replacements.push(member);
    } else if (member.info.version[1] === there.info.version[1]) duplicates.push(member);
  }
  const sorted = new Map([...members].sort(([left], [right]) => left - right));
  const first = group.find(member => member.info.version[1] === 0) ?? group[0];
  return {
    members: sorted,
    total: first?.info.total ?? 1,
    version: first === undefined ? null : versionName(first.info),
    duplicates,
    replacements,
  };
}

/**
 * The newest: the highest version among postings of the same work, the latest date among works. A
 * posting is of the same work when sender and any title agree.
 */
export function newestGroup(groups: readonly MailGroup[]): number {
  let best = 0;
  for (let number = 1; number < groups.length; number++) {
    const [left, right] = [groups[best], groups[number]];
    if (left !== undefined && right !== undefined && isNewer(right, left)) best = number;
  }
  return best;
}

function isNewer(left: MailGroup, right: MailGroup): boolean {
  if (isSameWork(left, right)) {
    const difference = majorOf(left) - majorOf(right);
    if (difference !== 0) return difference > 0;
    // A complete posting before a partial one that was sent again.
    if (left.members.size !== right.members.size) return left.members.size > right.members.size;
  }
  return timeOf(left) >= timeOf(right);
}

function isSameWork(left: MailGroup, right: MailGroup): boolean {
  const titles = new Set([...left.members.values()].map(titleKey));
  return [...right.members.values()].some(member => titles.has(titleKey(member)));
}

function titleKey({ sender, info }: Member): string {
  return JSON.stringify([sender, info.title.toLowerCase()]);
}

function majorOf(group: MailGroup): number {
  return Math.max(...[...group.members.values()].map(({ info }) => info.version[0]));
}

function timeOf(group: MailGroup): number {
  return Math.max(...[...group.members.values()].map(({ time }) => time));
}
