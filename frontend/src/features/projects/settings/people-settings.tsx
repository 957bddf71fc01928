import { Card, MultiSelect, NumberInput, Select, SimpleGrid, Stack } from '@mantine/core';
import { BELOW, PercentField } from '@/features/projects/settings/percent-field';
import { SaveButton } from '@/features/projects/settings/save-button';
import { useSettingsForm } from '@/features/projects/settings/use-settings-form';
import { peopleWords as words } from '@/features/projects/strings';
import { Section } from '@/components/page';
import type { Project } from '@/types/api';

type Props = { project: Project; readOnly: boolean };

const ALL = 1;
const QUORUMS = [
  { value: '0.5', label: words.quorums.half },
  // A hair below, so that two of three are two thirds.
  { value: '0.666', label: words.quorums.two },
  { value: '1', label: words.quorums.all },
];
const CROWD = 'crowd';

/** How many pictures several people label, how many they are, and what is kept of what they drew. */
export function PeopleSettings({ project, readOnly }: Props) {
  const { settings, set, saving } = useSettingsForm(project);
  const { labels } = project.ontology;
  const quorums = settings.label_quorums ?? {};
  const isWeighed = settings.consensus_method === CROWD;
  const strict = Object.keys(quorums).filter((id) => quorums[id] === ALL && labels.some((l) => l.id === id));
  return (
    <Section title={words.title} about={words.about}>
      <Card>
        <Stack gap="md">
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <PercentField
              label={words.share}
              description={words.shareAbout}
              disabled={readOnly}
              share={settings.consensus_share}
              onShare={(consensus_share) => set({ consensus_share })}
            />
            <NumberInput
              label={words.people}
              description={words.peopleAbout}
              inputWrapperOrder={BELOW}
              min={2}
              max={9}
              allowDecimal={false}
              disabled={readOnly}
              value={settings.consensus_people ?? 2}
              onChange={(value) => set({ consensus_people: Math.min(9, Math.max(2, Number(value) || 2)) })}
            />
            <Select
              label={words.quorum}
              description={isWeighed ? words.crowdAbout : words.quorumAbout}
              inputWrapperOrder={BELOW}
              allowDeselect={false}
              disabled={readOnly}
              data={[...QUORUMS, { value: CROWD, label: words.quorums.crowd }]}
              value={isWeighed ? CROWD : String(settings.consensus_quorum ?? 0.5)}
              onChange={(value) =>
                set(
                  value === CROWD
                    ? { consensus_method: CROWD }
                    : { consensus_method: 'vote', consensus_quorum: Number(value ?? 0.5) },
                )
              }
            />
          </SimpleGrid>
          <MultiSelect
            label={words.label}
            description={words.labelAbout}
            inputWrapperOrder={BELOW}
            display={isWeighed ? 'none' : undefined}
            placeholder={strict.length === 0 ? words.labelNone : undefined}
            searchable
            clearable
            disabled={readOnly}
            data={labels.map(({ id, name }) => ({ value: id, label: name }))}
            value={strict}
            onChange={(ids) => set({ label_quorums: Object.fromEntries(ids.map((id) => [id, ALL])) })}
          />
          <SaveButton hidden={readOnly} {...saving} />
        </Stack>
      </Card>
    </Section>
  );
}
