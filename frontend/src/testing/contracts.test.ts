// @vitest-environment node
import { ESLint } from 'eslint';
import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';

const eslint = new ESLint();
const features = readdirSync('src/features');

async function barred(filePath: string, imported: string): Promise<boolean> {
  const [result] = await eslint.lintText(`import * as it from '${imported}';\nexport { it };\n`, {
    filePath,
  });
  return result?.messages.some((message) => message.ruleId === 'no-restricted-imports') ?? false;
}

it.each([
  ['src/canvas/tools/new.ts', 'react', true],
  ['src/canvas/tools/new.ts', '@mantine/core', true],
  ['src/canvas/new.ts', '../lib/api-client', true],
  ['src/canvas/new.ts', '@/lib/api-client', true],
  ['src/canvas/new.ts', '@/features/annotate/page', true],
  ['src/canvas/new.ts', './geometry/box', false],
  ['src/lib/new.ts', '../features/annotate/page', true],
  ['src/components/new.tsx', '@/app/router', true],
  ['src/components/new.tsx', '@/canvas/editor', false],
])('%s imports %s: barred %s', async (file, imported, expected) => {
  expect(await barred(file, imported)).toBe(expected);
});

it('features do not import one another, by alias or by path', async () => {
  const [one, other] = features;
  if (!one || !other) return;
  expect(await barred(`src/features/${one}/page.tsx`, `@/features/${other}/api`)).toBe(true);
  expect(await barred(`src/features/${one}/components/part.tsx`, `../../${other}/api`)).toBe(true);
  expect(await barred(`src/features/${one}/page.tsx`, './api')).toBe(false);
  expect(await barred(`src/features/${one}/page.tsx`, '@/lib/api-client')).toBe(false);
});
