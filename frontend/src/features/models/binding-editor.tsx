import { Alert, Button, Card, ColorSwatch, Group, NumberInput, Select, Table, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { bindingSave, type Mapping, type Model } from '@/features/models/api';
import { modelWords as words } from '@/features/models/strings';
import { useAction } from '@/hooks/use-action';
import { useMay, useProject } from '@/hooks/use-project';
import { score } from '@/lib/numbers';

type Bound = Mapping[string];

/** Which label each class of the model means, and from which score it is shown. Mounted anew for every version. */
export function BindingEditor({ projectId, model }: { projectId: string; model: Model }) {
  const isScientist = useMay(projectId, 'scientist');
  const cache = useQueryClient();
  const [mapping, setMapping] = useState<Mapping>(model.binding.mapping);
  const key = ['models', projectId, model.id];
  const save = useAction({
    run: () => bindingSave(model.id, model.binding.version, mapping),
    done: 'Saved. New suggestions and the live feeds follow it.',
    errors: 'inline',
    onDone: (binding) => cache.setQueryData(key, { ...model, binding }),
  });
  const names = Object.keys(mapping);
  const isChanged = JSON.stringify(mapping) !== JSON.stringify(model.binding.mapping);
  const change = (name: string, to: Partial<Bound>) => {
    const before = mapping[name];
    if (before) setMapping({ ...mapping, [name]: { ...before, ...to } });
  };
  return (
    <Card padding={0}>
      {save.error && (
        <Alert color={save.error.isStale ? 'yellow' : 'red'} variant="light" role="alert" m="sm">
          <Group justify="space-between">
            <Text size="sm">{save.error.isStale ? words.stale : save.error.message}</Text>
            {save.error.isStale && (
              <Button
                size="compact-sm"
                variant="default"
                onClick={() => void cache.invalidateQueries({ queryKey: key })}
              >
                {words.takeTheirs}
              </Button>
            )}
          </Group>
        </Alert>
      )}
      <Table layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Class of the model</Table.Th>
            <Table.Th>Label</Table.Th>
            <Table.Th w={120}>{words.threshold}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {names.map((name) => {
            const bound = mapping[name];
            return (
              bound && (
                <BoundRow
                  key={name}
                  projectId={projectId}
                  name={name}
                  bound={bound}
                  isEditable={isScientist}
                  problem={save.error?.fields[name]}
                  onChange={(to) => change(name, to)}
                />
              )
            );
          })}
        </Table.Tbody>
      </Table>
      {isScientist && isChanged && (
        <Group justify="flex-end" p="sm">
          <Button variant="default" size="xs" onClick={() => setMapping(model.binding.mapping)}>
            Undo changes
          </Button>
          <Button size="xs" loading={save.isPending} onClick={() => save.mutate()}>
            Save
          </Button>
        </Group>
      )}
    </Card>
  );
}

type RowProps = {
  projectId: string;
  name: string;
  bound: Bound;
  isEditable: boolean;
  problem: string | undefined;
  onChange: (to: Partial<Bound>) => void;
};

function BoundRow({ projectId, name, bound, isEditable, problem, onChange }: RowProps) {
  const labels = useProject(projectId).data?.ontology.labels ?? [];
  const label = labels.find(({ id }) => id === bound.label_id);
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" truncate c={bound.label_id ? undefined : 'dimmed'}>
          {name}
        </Text>
      </Table.Td>
      <Table.Td>
        {isEditable ? (
          <Select
            aria-label={`Label for ${name}`}
            size="xs"
            clearable
            searchable
            placeholder={words.notShown}
            error={problem}
            leftSection={label && <ColorSwatch color={label.color} size={10} withShadow={false} />}
            data={labels.map(({ id, name: text }) => ({ value: id, label: text }))}
            value={bound.label_id}
            onChange={(value) => onChange({ label_id: value })}
          />
        ) : (
          <Text size="sm" c={label ? undefined : 'dimmed'}>
            {label?.name ?? words.notShown}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {isEditable ? (
          <NumberInput
            aria-label={`${words.threshold} for ${name}`}
            size="xs"
            min={0}
            max={1}
            step={0.05}
            decimalScale={2}
            disabled={!bound.label_id}
            value={bound.threshold}
            onChange={(value) => typeof value === 'number' && onChange({ threshold: value })}
          />
        ) : (
          <Text size="sm">{score(bound.threshold)}</Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
