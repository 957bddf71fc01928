/** What a person types to go somewhere in a video: a frame's number, or a time. Pure. */
import { frameAt } from './player';
import type { Reach } from './reach';

// Signs between digits part thousands; 1.5 is no frame.
const FRAME = /^#?\s*(\d{1,3}(?:[\s.,’']\d{3})+|\d+)$/;
const CLOCK = /^(?:(\d+):)?(\d+):(\d+(?:[.,]\d+)?)$/;
const SECONDS = /^(\d+(?:[.,]\d+)?)\s*s$/i;

const number = (text: string): number => Number(text.replace(',', '.'));

/** Seconds of `1:02.5`, `0:01:02.5` or `62.5 s`; null for anything else. */
export function secondsOf(text: string): number | null {
  const clock = CLOCK.exec(text);
  if (clock) return Number(clock[1] ?? 0) * 3600 + Number(clock[2]) * 60 + number(clock[3] ?? '');
  const plain = SECONDS.exec(text);
  return plain ? number(plain[1] ?? '') : null;
}

/** Index of the frame meant, kept inside what is open of the video; null where nobody can tell. Frames are counted from 1 on the screen. */
export function frameMeant(given: string, times: readonly number[], { first, last }: Reach): number | null {
  const kept = (frame: number) => Math.min(Math.max(frame, first), last);
  const text = given.trim();
  const time_s = secondsOf(text);
  if (time_s !== null) return times.length > 0 ? kept(frameAt(times, time_s)) : null;
  const digits = FRAME.exec(text)?.[1]?.replace(/\D/g, '');
  if (!digits) return null;
  return kept(Number(digits) - 1);
}

/** `0:01.04`, `12:00.50`, `1:02:03.25`: minutes, seconds and hundredths. */
export function clock(time_s: number): string {
  const hundredths = Math.floor(time_s * 100 + 1e-6);
  const seconds = Math.floor(hundredths / 100);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  const tail = `${two(seconds % 60)}.${two(hundredths % 100)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${tail}` : `${minutes}:${tail}`;
}
