// Built by bench/canvas.py into a folder of its own: nothing of this page is in the product's bundle.
import { fileURLToPath, URL } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default {
  root: here('.'),
  base: './',
  resolve: { alias: { '@': here('../../frontend/src') } },
  build: { emptyOutDir: true },
};
