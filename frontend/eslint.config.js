import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { defineConfig } from 'eslint/config';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import { readdirSync } from 'node:fs';
import tseslint from 'typescript-eslint';

/*
 * Import contracts. In flat config a later block REPLACES an earlier rule's options,
 * so every block below is built from whole lists, never from additions.
 */
const FEATURES = readdirSync(new URL('./src/', import.meta.url)).includes('features')
  ? readdirSync(new URL('./src/features/', import.meta.url), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
  : [];

/** @param {string[]} group @param {string} message */
const bar = (group, message) => ({ group, message });

const NO_APP = bar(['@/app/*', '@/app', '**/app/*'], 'Only the entry point knows src/app.');
const NO_FEATURES = bar(
  ['@/features/*', '@/features', '**/features/*'],
  'Shared code may not know a feature.',
);
const CANVAS_BARS = [
  NO_APP,
  NO_FEATURES,
  bar(
    ['react', 'react/*', 'react-dom', 'react-dom/*', '@mantine/*', '@tabler/*', '@tanstack/*'],
    'canvas/ is plain TypeScript: no React.',
  ),
  bar(
    ['openapi-fetch', 'idb', '@/lib/*', '@/lib', '**/lib/*', '@/components/*', '@/hooks/*', '@/types/*'],
    'canvas/ knows no HTTP, query cache or page.',
  ),
];

/** One contract for one feature folder: it may not import any other feature. @param {string} name */
const featureContract = (name) => ({
  files: [`src/features/${name}/**/*.{ts,tsx}`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          NO_APP,
          ...FEATURES.filter((other) => other !== name).map((other) =>
            bar(
              [`@/features/${other}`, `@/features/${other}/*`, `**/../${other}`, `**/../${other}/**`],
              `Feature "${name}" may not import "${other}": move what both need to components/, lib/ or canvas/.`,
            ),
          ),
        ],
      },
    ],
  },
});

export default defineConfig(
  { ignores: ['dist', 'node_modules', 'src/types/generated'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.strict, ...tseslint.configs.stylistic],
    languageOptions: { globals: globals.browser },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/consistent-type-definitions': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    ...reactHooks.configs.flat.recommended,
  },
  { files: ['eslint.config.js', 'vite.config.ts'], languageOptions: { globals: globals.node } },
  {
    files: ['src/components/**/*.{ts,tsx}', 'src/lib/**/*.{ts,tsx}', 'src/hooks/**/*.{ts,tsx}'],
    rules: { 'no-restricted-imports': ['error', { patterns: [NO_APP, NO_FEATURES] }] },
  },
  {
    files: ['src/canvas/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: CANVAS_BARS }] },
  },
  ...FEATURES.map(featureContract),
  {
    files: ['**/*.test.{ts,tsx}', 'src/testing/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  prettier,
);
