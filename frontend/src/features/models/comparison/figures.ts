/** The comparison as the page's tables and charts need it. Pure, so that it can be tested. */
import type { Comparison, ComparisonSide } from '@/features/models/api';

export type Side = 'candidate' | 'production';

/** What is there down, what the model says across; '' is nothing there, or missed. */
export type Matrix = { rows: string[]; columns: string[]; at: (actual: string, predicted: string) => number };

/** Classes that neither occur nor are said are left out; the empty row or column only where something is in it. */
export function matrixOf(side: ComparisonSide, classes: readonly string[]): Matrix {
  const counts = new Map(side.confusion.map((cell) => [`${cell.actual}\n${cell.predicted}`, cell.count]));
  const used = (pick: 'actual' | 'predicted') => new Set(side.confusion.map((cell) => cell[pick]));
  const [there, said] = [used('actual'), used('predicted')];
  const named = classes.filter((name) => there.has(name) || said.has(name));
  return {
    rows: there.has('') ? [...named, ''] : named,
    columns: said.has('') ? [...named, ''] : named,
    at: (actual, predicted) => counts.get(`${actual}\n${predicted}`) ?? 0,
  };
}

/** 0..1: how strongly a cell is tinted, by its share of its row. */
export function tint(matrix: Matrix, actual: string, predicted: string): number {
  const total = matrix.columns.reduce((sum, column) => sum + matrix.at(actual, column), 0);
  return total ? matrix.at(actual, predicted) / total : 0;
}

type Both<T> = { candidate: T | null; production: T | null };
export type CurveRow = { recall: number } & Both<number>;

/** Past the last recall that a model reaches its line ends. */
export function curveRows(comparison: Comparison, name: string): CurveRow[] {
  const curves = [comparison.candidate, comparison.production].map((side) => side?.curves[name]?.precision);
  const length = Math.max(...curves.map((curve) => curve?.length ?? 0));
  const value = (curve: readonly number[] | undefined, at: number) => {
    const found = curve?.[at];
    return found === undefined || found === 0 ? null : found;
  };
  return Array.from({ length }, (_, at) => ({
    recall: Math.round((at / (length - 1)) * 1000) / 1000,
    candidate: value(curves[0], at),
    production: value(curves[1], at),
  }));
}

export type CalibrationRow = { score: number; honest: number } & Both<number>;
const BINS = 10;

/** One row a tenth of the score; where a model said nothing of the kind its line passes over it. */
export function calibrationRows({ candidate, production }: Comparison): CalibrationRow[] {
  const right = (side: ComparisonSide | null, bin: number) =>
    side?.calibration.find(({ score }) => Math.min(BINS - 1, Math.floor(score * BINS)) === bin)?.right ??
    null;
  return Array.from({ length: BINS }, (_, bin) => {
    const score = (bin + 0.5) / BINS;
    return { score, honest: score, candidate: right(candidate, bin), production: right(production, bin) };
  });
}

/** A difference whose interval has zero in it says nothing yet. */
export const isWithinChance = (low: number | null, high: number | null): boolean =>
  low === null || high === null || (low <= 0 && high >= 0);
