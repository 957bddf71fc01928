import { Button, Group, Modal, Radio, Select, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';

import { projectCreate, templatesQuery, type Template } from '@/features/projects/api';
import css from '@/features/projects/projects.module.css';
import { projectWords as words } from '@/features/projects/strings';
import { LabelChips } from '@/components/label-chip';
import { QueryView } from '@/components/query-view';
import { FormError } from '@/components/form-error';
import { useAction } from '@/hooks/use-action';
import { PROJECTS_KEY } from '@/hooks/use-project';
import { useOrganisation } from '@/hooks/use-session';
import { useSites } from '@/hooks/use-sites';
import { newIdempotencyKey } from '@/lib/api-client';
import { LABEL_PALETTE } from '@/lib/label-palette';
import { paths } from '@/lib/paths';

type Props = { opened: boolean; onClose: () => void };

export function CreateProject({ opened, onClose }: Props) {
  return (
    <Modal opened={opened} onClose={onClose} title={words.createTitle} size="lg">
      {opened && <CreateForm onClose={onClose} />}
    </Modal>
  );
}

function CreateForm({ onClose }: { onClose: () => void }) {
  const organisation = useOrganisation();
  const navigate = useNavigate();
  const templates = useQuery(templatesQuery);
  const sites = useSites();
  const [key] = useState(newIdempotencyKey);
  const [name, setName] = useState('');
  const [siteId, setSiteId] = useState<string | null>(null);
  const [chosen, setTemplate] = useState<string | null>(null);
  const template = chosen ?? templates.data?.[0]?.key ?? 'blank';
  const create = useAction({
    run: () =>
      projectCreate(
        {
          organisation_id: organisation?.id ?? '',
          name: name.trim(),
          template,
          site_id: siteId,
          description: '',
        },
        key,
      ),
    makesOld: [PROJECTS_KEY, ['home']],
    errors: 'inline',
    onDone: (project) => {
      onClose();
      void navigate({ to: paths.project(project.id) });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <FormError error={create.error} fields={['name']} />
        <Group grow align="flex-start">
          <TextInput
            label={words.name}
            placeholder={words.namePlaceholder}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={create.error?.fields.name}
            maxLength={120}
            data-autofocus
          />
          <Select
            label={words.site}
            placeholder={words.sitePlaceholder}
            data={(sites.data ?? []).map((site) => ({ value: site.id, label: site.name }))}
            value={siteId}
            onChange={setSiteId}
            clearable
          />
        </Group>
        <QueryView query={templates} skeleton={<Skeleton height={260} />}>
          {(list) => (
            <Radio.Group label={words.template} value={template} onChange={setTemplate}>
              <div className={css.templates}>
                {list.map((each) => (
                  <TemplateCard key={each.key} template={each} />
                ))}
              </div>
            </Radio.Group>
          )}
        </QueryView>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!name.trim()} loading={create.isPending}>
            {words.createButton}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function TemplateCard({ template }: { template: Template }) {
  const labels = template.labels.map((label, index) => ({
    name: label.name,
    color: label.color ?? LABEL_PALETTE[index % LABEL_PALETTE.length] ?? '#0072B2',
  }));
  return (
    <Radio.Card value={template.key} className={css.template}>
      <Text fw={600} size="sm">
        {template.name}
      </Text>
      <Text size="xs" c="dimmed" mih={34}>
        {template.description}
      </Text>
      <LabelChips labels={labels} />
    </Radio.Card>
  );
}
