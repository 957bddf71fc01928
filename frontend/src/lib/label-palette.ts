/** Okabe and Ito's colour-blind-safe set, then relatives; the same list as the server's. */
export const LABEL_PALETTE = [
  '#0072B2',
  '#E69F00',
  '#009E73',
  '#CC79A7',
  '#56B4E9',
  '#D55E00',
  '#F0E442',
  '#8C6BB1',
  '#41AB5D',
  '#A6761D',
];
