// The arrows of ARCHITECTURE.md. Each rule says why, so that whoever breaks it can argue.
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment:
        'A cycle makes two files one file that nobody can read from the top. C is recursive, though:' +
        ' an expression holds statements, and a call holds expressions; lifting may be, too.',
      severity: 'error',
      from: { pathNot: '^src/semantics/lift/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that resolves to nothing hides the modules behind it from these rules.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'diff-knows-no-models',
      comment: 'Reading mail and building trees is useful without any model, and must stay so.',
      severity: 'error',
      from: { path: '^src/diff/' },
      to: { path: '^src/(semantics|harness|report|cli|check\\.ts)' },
    },
    {
      name: 'semantics-knows-no-search',
      comment: 'Models and the simulated kernel are what is explored; they never know how.',
      severity: 'error',
      from: { path: '^src/semantics/' },
      to: { path: '^src/(harness|report|cli|check\\.ts)' },
    },
    {
      name: 'harness-knows-no-output',
      comment: "A result is data; how it is shown is somebody else's concern.",
      severity: 'error',
      from: { path: '^src/harness/' },
      to: { path: '^src/(report|cli|check\\.ts)' },
    },
    {
      name: 'report-sees-only-results',
      comment: 'Reporters are pure functions of a result, so that a stored JSON renders the same.',
      severity: 'error',
      from: { path: '^src/report/' },
      to: { path: '^src/', pathNot: '^src/(report/|result\\.ts|diagnostic\\.ts|assert\\.ts)' },
    },
    {
      name: 'pure-core',
      comment: 'A run is a pure function of its inputs: IO lives in diff, semantics/c and cli.',
      severity: 'error',
      // The drivers' C texts are part of the program; only that one file reads them.
      from: {
        path: '^src/(harness|report|semantics/(ir|lift|models|kernel|compile))/',
        pathNot: '^src/harness/drivers/driver-texts\\.ts$',
      },
      to: { path: '^(node:)?(fs|fs/promises|child_process|net|http|https|os|dns)$' },
    },
    {
      name: 'nobody-imports-the-cli',
      comment: 'The command line is the outermost ring.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'no-tests-in-the-product',
      comment: 'What is published must not need what is not.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'no-dev-dependencies-in-the-product',
      comment: 'A dev dependency is not there after `npm install mmudelta`.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node'] },
  },
};
