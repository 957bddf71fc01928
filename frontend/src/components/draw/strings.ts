import type { Problem } from '@/components/draw/shapes';

export const drawWords = {
  board: 'Drawing over the picture',
  corner: (n: number, name: string) => `Corner ${n} of ${name}`,
  end: (n: number, name: string) => `${n === 1 ? 'Start' : 'End'} of ${name}`,
  addCorner: (n: number, name: string) => `Add a corner after corner ${n} of ${name}`,
  noPicture: 'No picture of this camera yet. You can draw all the same.',
  hint: {
    select: 'Drag a shape or a corner. Delete removes it, Ctrl+Z takes a step back.',
    zone: 'Click corner by corner; click the first one again, double-click or press Enter twice to finish. Esc leaves off.',
    line: 'Click the start, then the end. The arrow shows which way counts as forward. Esc leaves off.',
  },
  keys: 'By keyboard: arrow keys move the cross (with Shift further), Enter sets a corner.',
} as const;

export const PROBLEM_WORDS: Record<Problem, string> = {
  crossing: 'Two edges cross each other.',
  small: 'The zone holds no area.',
  short: 'The ends of the line lie on one another.',
};
