import { MultiSelect, NumberInput, SegmentedControl, Select, Stack, Switch, Text } from '@mantine/core';

import type { Marking } from '@/features/rules/api';
import type { Draft } from '@/features/rules/draft';
import css from '@/features/rules/rules.module.css';
import { ruleWords as words } from '@/features/rules/strings';
import { TextLink } from '@/components/links';
import { paths } from '@/lib/paths';
import type { Schemas } from '@/types/api';

type Label = Schemas['LabelFull'];
type Props = {
  projectId: string;
  feedId: string;
  draft: Draft;
  labels: Label[];
  marks: Marking[];
  problems: Partial<Record<string, string>>;
  set: (to: Partial<Draft>) => void;
};

/** "When a … is in … without a …": each line is one part of the sentence. */
export function ConditionForm(props: Props) {
  const { draft, labels, problems, set } = props;
  const choices = labels.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Stack gap="sm">
      <div className={css.row}>
        <span>When</span>
        <Select
          aria-label="How many"
          w={130}
          allowDeselect={false}
          disabled={draft.where === 'line'}
          value={draft.countIs}
          data={[
            { value: 'at_least', label: 'at least' },
            { value: 'at_most', label: 'at most' },
          ]}
          onChange={(to) => set({ countIs: to as Draft['countIs'] })}
        />
        <NumberInput
          aria-label="Number"
          w={80}
          min={draft.countIs === 'at_least' ? 1 : 0}
          max={100}
          disabled={draft.where === 'line'}
          value={draft.count}
          error={problems['count']}
          onChange={(to) => set({ count: Number(to) })}
        />
        <MultiSelect
          aria-label="Kinds of object"
          flex={1}
          miw={180}
          data={choices}
          value={draft.labels}
          error={problems['labels']}
          onChange={(to) => set({ labels: to })}
        />
      </div>
      <Place {...props} />
      <Measured {...props} />
      <Worn {...props} />
      {draft.where !== 'line' && (
        <div className={css.row}>
          <span>Lasting</span>
          <NumberInput
            aria-label="Seconds on end"
            w={110}
            min={0}
            max={86_400}
            suffix=" s"
            value={draft.lastsS}
            error={problems['lasts_s']}
            onChange={(to) => set({ lastsS: Number(to) })}
          />
          <Text size="sm" c="dimmed">
            on end
          </Text>
        </div>
      )}
    </Stack>
  );
}

function Place({ projectId, feedId, draft, marks, problems, set }: Props) {
  const of = (kind: Marking['kind']) =>
    marks.filter((mark) => mark.kind === kind).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Stack gap={6}>
      <div className={css.row}>
        <span>Where</span>
        <SegmentedControl
          aria-label="Where"
          value={draft.where}
          onChange={(to) => set({ where: to as Draft['where'] })}
          data={[
            { value: 'anywhere', label: 'Anywhere' },
            { value: 'zone', label: 'In a zone' },
            { value: 'line', label: 'Over a line' },
          ]}
        />
        {draft.where === 'zone' && (
          <>
            <MultiSelect
              aria-label="Zones"
              flex={1}
              miw={160}
              data={of('zone')}
              placeholder={of('zone').length > 0 || draft.zones.length > 0 ? undefined : words.noZone}
              value={draft.zones}
              error={problems['zones']}
              onChange={(to) => set({ zones: to })}
            />
            <Optional
              name="Staying"
              unit=" s"
              value={draft.dwellS}
              first={10}
              error={problems['dwell_s']}
              onChange={(to) => set({ dwellS: to })}
            />
          </>
        )}
        {draft.where === 'line' && (
          <>
            <Select
              aria-label="Line"
              flex={1}
              miw={140}
              data={of('line')}
              placeholder={of('line').length > 0 ? undefined : words.noLine}
              value={draft.line || null}
              error={problems['line']}
              onChange={(to) => set({ line: to ?? '' })}
            />
            <Select
              aria-label="Direction"
              w={130}
              allowDeselect={false}
              value={draft.direction}
              data={[
                { value: 'either', label: 'either way' },
                { value: 'forward', label: 'forward' },
                { value: 'backward', label: 'backward' },
              ]}
              onChange={(to) => set({ direction: to as Draft['direction'] })}
            />
          </>
        )}
      </div>
      {draft.where !== 'anywhere' && feedId && (
        <TextLink to={paths.zones(projectId, feedId)} size="sm">
          {words.drawZones}
        </TextLink>
      )}
    </Stack>
  );
}

function Measured({ draft, labels, problems, set }: Props) {
  const choices = labels.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Stack gap={6}>
      <div className={css.row}>
        <span>And</span>
        <Optional
          name="Nearer than"
          unit=" m"
          value={draft.nearM}
          first={2}
          step={0.1}
          error={problems['near_m']}
          onChange={(to) => set({ nearM: to })}
        />
        {draft.nearM !== null && (
          <MultiSelect
            aria-label="Nearer to"
            flex={1}
            miw={160}
            data={choices}
            value={draft.nearLabels}
            error={problems['near_labels']}
            onChange={(to) => set({ nearLabels: to })}
          />
        )}
        <Optional
          name="Faster than"
          unit=" m/s"
          value={draft.speedMS}
          first={2}
          step={0.1}
          error={problems['speed_m_s']}
          onChange={(to) => set({ speedMS: to })}
        />
      </div>
      {(draft.nearM !== null || draft.speedMS !== null) && (
        <Text size="xs" c="dimmed">
          {words.needsMetres}
        </Text>
      )}
    </Stack>
  );
}

const ITEMS = [
  { value: 'none', label: 'whatever they wear' },
  { value: 'helmet:missing', label: 'without a helmet' },
  { value: 'helmet:worn', label: 'with a helmet' },
  { value: 'vest:missing', label: 'without a vest' },
  { value: 'vest:worn', label: 'with a vest' },
];

function Worn({ draft, labels, problems, set }: Props) {
  const guess = (item: string) =>
    labels.find(({ name }) => (item === 'helmet' ? /^(hard.?hat|helmet)/i : /vest/i).test(name))?.id ?? '';
  return (
    <div className={css.row}>
      <span>Gear</span>
      <Select
        aria-label="Gear"
        w={190}
        allowDeselect={false}
        data={ITEMS}
        value={draft.gear ? `${draft.gear.item}:${draft.gear.state}` : 'none'}
        onChange={(to) => {
          const [item, state] = (to ?? 'none').split(':');
          set({
            gear:
              (item === 'helmet' || item === 'vest') && (state === 'missing' || state === 'worn')
                ? { item, state, label: guess(item) }
                : null,
          });
        }}
      />
      {draft.gear && (
        <Select
          aria-label="Label that shows it"
          flex={1}
          miw={160}
          placeholder="The label that shows it"
          data={labels.map(({ id, name }) => ({ value: id, label: `shown by ${name}` }))}
          value={draft.gear.label || null}
          error={problems['gear']}
          onChange={(to) => draft.gear && set({ gear: { ...draft.gear, label: to ?? '' } })}
        />
      )}
    </div>
  );
}

type OptionalProps = {
  name: string;
  unit: string;
  value: number | null;
  first: number;
  step?: number;
  error: string | undefined;
  onChange: (to: number | null) => void;
};

/** A part of the sentence that is there or not, with its number. */
export function Optional({ name, unit, value, first, step = 1, error, onChange }: OptionalProps) {
  return (
    <span className={css.row}>
      <Switch
        label={name}
        checked={value !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? first : null)}
      />
      {value !== null && (
        <NumberInput
          aria-label={`${name}:`}
          w={104}
          min={0}
          step={step}
          suffix={unit}
          value={value}
          error={error}
          onChange={(to) => onChange(Number(to))}
        />
      )}
    </span>
  );
}
