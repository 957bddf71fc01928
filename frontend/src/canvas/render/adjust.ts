/** Brightness, contrast and channels of the picture alone, as a canvas filter: nothing of it enters the labels. */

import type { Display } from './scene';

const SVG = 'http://www.w3.org/2000/svg';
const PREFIX = 'siteloop-channel-';

/** Which share of red, green and blue each of them becomes. */
const MATRICES: Readonly<Record<Exclude<Display['channel'], 'all'>, readonly [number, number, number]>> = {
  red: [1, 0, 0],
  green: [0, 1, 0],
  blue: [0, 0, 1],
  grey: [0.2126, 0.7152, 0.0722],
};

/** The canvas filter of a display, `none` where nothing is changed. */
export function pictureFilter({ brightness, contrast, channel }: Display): string {
  const parts = [
    channel === 'all' ? '' : `url(#${PREFIX}${channel})`,
    brightness === 1 ? '' : `brightness(${String(brightness)})`,
    contrast === 1 ? '' : `contrast(${String(contrast)})`,
  ].filter((part) => part !== '');
  return parts.length ? parts.join(' ') : 'none';
}

/** Puts the channels' filters into `container`: a canvas can only name them, not hold them. */
export function channelFilters(container: HTMLElement): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('width', '0');
  svg.setAttribute('height', '0');
  svg.style.position = 'absolute';
  for (const [name, [r, g, b]] of Object.entries(MATRICES)) {
    const filter = document.createElementNS(SVG, 'filter');
    filter.id = `${PREFIX}${name}`;
    filter.setAttribute('color-interpolation-filters', 'sRGB');
    const matrix = document.createElementNS(SVG, 'feColorMatrix');
    const row = `${String(r)} ${String(g)} ${String(b)} 0 0`;
    matrix.setAttribute('values', `${row} ${row} ${row} 0 0 0 1 0`);
    filter.append(matrix);
    svg.append(filter);
  }
  container.append(svg);
  return svg;
}
