/** Why something could not be lifted, run, or decided (src/semantics/lift, src/harness, src/check). */
import type { CodeEntry } from './entry.ts';

const MODELS = 'mmudelta models lists every such place. What depends on it stays inconclusive.';
const REACH = 'Read the change yourself, or add a scenario (docs/scenarios.md).';

const lift = (code: string, means: string): CodeEntry => ({ code, means, todo: MODELS });

/** C that has no model; a run that reaches it ends there. */
export const liftCodes: readonly CodeEntry[] = [
  lift('asm', 'inline assembly'),
  lift('atomic', 'an atomic operation on an aggregate, or with arguments that are not understood'),
  lift('auto-type', '__auto_type where its type cannot be told'),
  lift('call', 'a call of something that is no function'),
  lift('case', 'a case label of more than 32 bits'),
  lift('cast', 'a cast between types whose values are not convertible in the models'),
  lift('computed-goto', 'a goto to a computed address'),
  lift('container_of', 'a container_of() whose member cannot be resolved'),
  lift('deref', 'a dereference of something that is no pointer to an object'),
  lift('float', 'floating point'),
  lift('generic', 'a _Generic selection in which nothing matches'),
  lift('index', 'an index into something that is no array or pointer'),
  lift('initialiser', 'an initialiser of a shape that is not supported'),
  lift('int128', 'a 128-bit integer'),
  lift('literal', 'a literal that is no integer or simple character'),
  lift('lvalue', 'an expression that is used as an object and is none'),
  lift('memcpy', 'a memcpy() that copies no whole objects'),
  lift('memset', 'a memset() of unknown size or with an odd value'),
  lift('no-body', 'a function that has no body in what was read, and is no primitive'),
  lift('no-member', 'a structure that lacks the member'),
  lift('not-constant', 'an expression that has to be a constant and is none'),
  lift('offsetof', 'an offsetof() whose member cannot be resolved'),
  lift('operands', 'an operator on operands that do not fit it'),
  lift('static', 'a static variable in a function'),
  lift('static-call', 'a static_call() whose target is not known'),
  lift('type', 'a declaration without a type'),
  lift('type-as-value', 'a type where a value belongs'),
  lift('unknown-name', 'a name that nothing declares'),
  lift('unknown-type', 'a type name that nothing declares'),
  lift('unsupported', 'a place without a model and without a known reason'),
  lift('wide-bit-field', 'a bit-field that crosses a 32-bit word'),
  lift('rcu-callback', 'an RCU callback that is no function of the models'),
];

/** Why a patch is inconclusive though everything has a model. */
export const checkCodes: readonly CodeEntry[] = [
  {
    code: 'bad-config',
    means:
      'the file of --config cannot be read, or is no configuration of an x86-64 kernel with KVM',
    todo: 'Give the .config of the kernel; lock debugging is turned on by itself.',
  },
  {
    code: 'bound',
    means: 'a search ended at its bound on states, objects or time, so that equality is not proven',
    todo: 'Raise --states or --timeout, or run fewer scenarios with --scenario.',
  },
  {
    code: 'bounds',
    means: 'the bounds of all searches of this check: what every claim of the report is about',
    todo: null,
  },
  {
    code: 'equal-code',
    means:
      'changed functions make the same accesses, calls and decisions on each path as before, with helpers in place of their calls: no scenario has to be run for them',
    todo: null,
  },
  {
    code: 'global-changed',
    means: 'a definition outside of functions changes, which the models do not compare',
    todo: REACH,
  },
  {
    code: 'question-syntax',
    means: 'a question to mmudelta ask that its grammar does not have; the column says where',
    todo: 'docs/ask.md has the grammar, mmudelta ask --help an example.',
  },
  {
    code: 'no-such-scenario',
    means: '--scenario or --exclude names a scenario that there is not',
    todo: 'mmudelta scenarios lists them.',
  },
  {
    code: 'not-applied',
    means: 'the patch was not applied, so that there is nothing to run',
    todo: 'The diagnostics of the report say why it does not apply.',
  },
  {
    code: 'replaced-body',
    means: 'a changed function or macro is one that scenarios run a stand-in for',
    todo: 'Read the change yourself; mmudelta models --format json lists the stand-ins.',
  },
  {
    code: 'unknown-body',
    means: 'this kernel does something in another way than those that a stand-in was written after',
    todo: 'Compare what mmudelta doctor lists with src/harness/drivers; results that rest on it may be off.',
  },
  {
    code: 'one-sided-condition',
    means:
      'a condition that the patch adds, removes or changes came out the same way in every execution',
    todo: REACH,
  },
  {
    code: 'stand-in-argument',
    means:
      'a changed function calls something with other arguments, and its stand-in does not look at them',
    todo: 'Compare the arguments yourself.',
  },
  {
    code: 'stand-in-caller',
    means: 'a changed function is also called by a body that scenarios run a stand-in for',
    todo: 'Read that caller yourself.',
  },
  {
    code: 'unreached-function',
    means: 'no scenario can reach a changed function',
    todo: REACH,
  },
  {
    code: 'unreached-statement',
    means: 'scenarios ran, and no execution of them reached a changed statement',
    todo: REACH,
  },
  {
    code: 'vacuous',
    means: 'no execution of a scenario comes to rest, so that nothing was shown by it',
    todo: 'Please report it with the tree; unless the patch makes an operation never end.',
  },
];

/** Of `mmudelta litmus`; a violated invariant is a problem there, too, under its own id. */
export const litmusCodes: readonly CodeEntry[] = [
  {
    code: 'bound-hit',
    means: 'the search of a litmus test ended at its bound: outcomes may be missing',
    todo: 'Raise --states.',
  },
  { code: 'litmus-syntax', means: 'a litmus test cannot be read', todo: 'See docs/litmus.md.' },
  {
    code: 'litmus-unreadable',
    means: 'the file of a litmus test cannot be read',
    todo: null,
  },
  {
    code: 'no-final-state',
    means: 'no execution of a litmus test comes to its end',
    todo: 'Look for a thread that waits for something that nobody does.',
  },
];
