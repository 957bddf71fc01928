/** Which part of a long video a task is of, in words. Frames are counted from 1 on the screen. */
import { count, NBSP } from '@/lib/numbers';
import type { Schemas } from '@/types/api';

/** Frames a part has at least, and of its length what it may share with each neighbour (one over this), as the server says. */
export const PART_FRAMES_MIN = 40;
export const PART_OVERLAP_SHARE = 4;

type Part = Schemas['VideoPart'];

/** "Part 2 of 3". */
export const partName = ({ number, count: of }: Part): string => `Part ${count(number)} of ${count(of)}`;

/** "frames 501 to 1,050". */
export const partFrames = ({ frame_start, frame_end }: Part): string =>
  `frames${NBSP}${count(frame_start + 1)} to${NBSP}${count(frame_end)}`;

/** "clip.mp4, part 2 of 3"; the name alone where the task is of the whole. */
export const titleOf = (name: string, part: Part | null | undefined): string =>
  part ? `${name}, ${partName(part).toLowerCase()}` : name;
