import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import { siteCreate, siteUpdate, type Site } from '@/features/sites/api';
import { siteWords as words } from '@/features/sites/strings';
import { FormError } from '@/components/form-error';
import { useAction } from '@/hooks/use-action';
import { SITES_KEY } from '@/hooks/use-sites';
import { newIdempotencyKey } from '@/lib/api-client';

type Props = { organisationId: string; site?: Site; onClose: () => void };

const ZONES = Intl.supportedValuesOf('timeZone');
const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function SiteDialog({ organisationId, site, onClose }: Props) {
  const [key] = useState(newIdempotencyKey);
  const [name, setName] = useState(site?.name ?? '');
  const [region, setRegion] = useState('');
  const [zone, setZone] = useState(site?.time_zone ?? HERE);
  const save = useAction({
    run: (): Promise<Site> =>
      site
        ? siteUpdate(site.id, { name: name.trim(), time_zone: zone })
        : siteCreate(
            {
              organisation_id: organisationId,
              name: name.trim(),
              time_zone: zone,
              region_name: region.trim(),
            },
            key,
          ),
    makesOld: [SITES_KEY, ['project']],
    errors: 'inline',
    onDone: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={site ? `Edit ${site.name}` : words.newSite}>
      <form onSubmit={submit}>
        <Stack>
          <FormError error={save.error} fields={['name', 'time_zone']} />
          <TextInput
            label="Name"
            placeholder="Nashville DC"
            value={name}
            maxLength={120}
            data-autofocus
            error={save.error?.fields.name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            label="Time zone"
            description="Days and shifts of this site are counted in it."
            data={ZONES.includes(zone) ? ZONES : [zone, ...ZONES]}
            value={zone}
            searchable
            allowDeselect={false}
            limit={50}
            error={save.error?.fields.time_zone}
            onChange={(value) => setZone(value ?? HERE)}
          />
          {!site && (
            <TextInput
              label="Region"
              description="Optional: groups sites in lists."
              value={region}
              maxLength={120}
              onChange={(event) => setRegion(event.currentTarget.value)}
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!name.trim()} loading={save.isPending}>
              {site ? 'Save' : 'Create site'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
