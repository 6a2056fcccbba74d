import { defineConfig } from 'vitest/config';

// Tests that read whole kernel sources are slow and need them on disk: they have a command of their own.
const onKernels = process.env['MMUDELTA_KERNEL_TESTS'] === '1';

export default defineConfig({
  test: {
    include: onKernels ? ['test/kernel/**/*.test.ts'] : ['test/**/*.test.ts'],
    exclude: ['node_modules/**', 'dist/**', ...(onKernels ? [] : ['test/kernel/**'])],
    testTimeout: onKernels ? 240_000 : 30_000,
    hookTimeout: onKernels ? 240_000 : 30_000,
    maxWorkers: 2,
    reporters: ['default', './test/support/count-reporter.ts'],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/cli/main.ts'],
      reporter: ['text-summary', 'json-summary'],
      reportsDirectory: 'coverage',
    },
  },
});
