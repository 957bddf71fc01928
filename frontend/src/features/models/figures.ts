/** Figures out of what the gate and a training wrote. Pure, so that they can be tested. */
import type { CurvePoint, Gate, ModelRow, Training } from '@/features/models/api';
import { capitalised, isModelKind, MEASURES } from '@/lib/measures';

type Plain = Record<string, unknown>;

const plain = (value: unknown): Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Plain) : {};
const number = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;

/** What one model reached on the blind test pictures. */
export type Side = { figure: number | null; ms: number | null };
export type GateFigures = {
  measure: string;
  pictures: number | null;
  candidate: Side;
  production: Side | null;
  productionNumber: number | null;
  /** The other side is what ships with the program: nothing of the project was in production. */
  isAgainstShipped: boolean;
  /** Candidate less production, with its 95 % interval; null where there was nothing to compare with. */
  difference: { value: number; low: number; high: number } | null;
};

export function gateFigures(gate: Gate): GateFigures {
  const report = gate.report;
  const candidate = plain(report.candidate);
  const kind = kindOf(candidate);
  const { name, key } = MEASURES[kind];
  const isAssist = kind === 'assist';
  const side = (found: Plain): Side => ({
    figure: number(found[key]),
    ms: number(found.ms_per_image),
  });
  const [value, low, high] = [report.difference, report.low, report.high].map(number);
  const isAgainstShipped = isAssist && gate.production_id === null && 'production' in report;
  const hasProduction = gate.production_id !== null || isAgainstShipped;
  return {
    measure: capitalised(name),
    pictures: number(report.pictures),
    candidate: side(candidate),
    production: hasProduction ? side(plain(report.production)) : null,
    productionNumber: number(report.production_number),
    isAgainstShipped,
    difference: hasProduction && value != null && low != null && high != null ? { value, low, high } : null,
  };
}

/** Old reports of classifiers do not name their kind. */
function kindOf(candidate: Plain): keyof typeof MEASURES {
  if (isModelKind(candidate.kind)) return candidate.kind;
  return 'accuracy' in candidate ? 'classify' : 'detect';
}

/** `truths` is null where a report counts pixels, not objects. */
export type ClassRow = {
  name: string;
  truths: number | null;
  candidate: number | null;
  production: number | null;
};

/** The kind's figure by class on both sides, those with most objects first; of areas the IoU, the background too. */
export function classRows(gate: Gate): ClassRow[] {
  const [candidate, production] = [plain(gate.report.candidate), plain(gate.report.production)];
  const kind = kindOf(candidate);
  if (kind === 'segment') {
    const [ours, theirs] = [plain(candidate.iou), plain(production.iou)];
    return names(ours, theirs)
      .map((name) => ({
        name,
        truths: null,
        candidate: number(ours[name]),
        production: number(theirs[name]),
      }))
      .sort((a, b) => a.name.localeCompare(b.name));
  }
  const [ours, theirs] = [plain(candidate.per_class), plain(production.per_class)];
  const { key } = MEASURES[kind];
  return names(ours, theirs)
    .map((name) => ({
      name,
      truths: number(plain(ours[name] ?? theirs[name]).truths) ?? 0,
      candidate: number(plain(ours[name])[key]),
      production: number(plain(theirs[name])[key]),
    }))
    .sort((a, b) => b.truths - a.truths || a.name.localeCompare(b.name));
}

const names = (ours: Plain, theirs: Plain): string[] => [
  ...new Set([...Object.keys(ours), ...Object.keys(theirs)]),
];

/** Mean IoU of an assist by kind of prompt, in the order asked for. */
export function promptRows(gate: Gate, prompts: Readonly<Record<string, string>>): ClassRow[] {
  const ours = plain(plain(gate.report.candidate).by_prompt);
  const theirs = plain(plain(gate.report.production).by_prompt);
  const objects = number(gate.report.objects) ?? 0;
  return Object.entries(prompts)
    .filter(([prompt]) => prompt in ours)
    .map(([prompt, name]) => ({
      name,
      truths: objects,
      candidate: number(ours[prompt]),
      production: number(theirs[prompt]),
    }));
}

/** "+.013 [+.007, +.026]". */
export function signed(value: number): string {
  const text = Math.abs(value).toFixed(3).replace(/^0\./, '.');
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** Its kind's figure on blind pictures; null until the gate has run. */
export const blindFigure = (model: ModelRow): number | null =>
  model.gate ? gateFigures(model.gate).candidate.figure : null;

/** What a training measures as it goes, an instance segmenter's masks before its boxes. */
const LIVE_KEYS = ['val_mask_ap50', 'val_ap50', 'val_miou', 'val_accuracy', 'val_box', 'ap50'];

export type LivePoint = { minutes: number; loss: number | null; figure: number | null };

/** A training's curve over CPU minutes; what is not finite leaves a gap. */
export function livePoints(training: Training): LivePoint[] {
  return training.curve.map((point) => ({
    minutes: (number(point.cpu_s) ?? 0) / 60,
    loss: number(point.loss),
    figure: LIVE_KEYS.map((key) => number(point[key])).find((value) => value !== null) ?? null,
  }));
}

/** 0..1 of the CPU time a training was given. */
export function trainingShare(training: Training): number {
  const last = training.curve.at(-1);
  const budget = number(last?.budget_s);
  return budget ? Math.min(1, (number(last?.cpu_s) ?? 0) / budget) : 0;
}

export type LearningPoint = CurvePoint & { figure: number };

/** Measured models of one kind, from few pictures to many. */
export function learningPoints(points: readonly CurvePoint[], kind: string): LearningPoint[] {
  return points
    .filter((point) => point.kind === kind)
    .map((point) => ({ ...point, figure: point.figure ?? Number.NaN }))
    .filter(({ figure }) => Number.isFinite(figure))
    .sort((a, b) => a.images - b.images || a.number - b.number);
}

export function learningCsv(points: readonly LearningPoint[]): string {
  const head = 'model,kind,state,pictures,objects,figure,difference_low,difference_high,made';
  const rows = points.map((point) =>
    [
      point.number,
      point.kind,
      point.state,
      point.images,
      point.boxes,
      point.figure,
      point.low ?? '',
      point.high ?? '',
      point.created_at,
    ].join(','),
  );
  return [head, ...rows].join('\n') + '\n';
}
