import { Group, Select } from '@mantine/core';
import { useState } from 'react';

import type { UploadOptions } from '@/features/media/api';
import { mediaWords as words } from '@/features/media/strings';
import { useSites } from '@/hooks/use-sites';

const GROUPS = [
  { value: 'name', label: 'by file name' },
  { value: 'folder', label: 'by folder' },
  { value: 'time', label: 'by time taken' },
];

type Props = {
  siteId: string | undefined;
  initial: UploadOptions;
  onChange: (options: UploadOptions) => void;
};

/** What is true of everything dropped next: its camera, and what belongs together. */
export function UploadOptionsBar({ siteId, initial, onChange }: Props) {
  const [options, setOptions] = useState(initial);
  const { data: sites = [] } = useSites();
  const change = (part: Partial<UploadOptions>) => {
    const next = { ...options, ...part };
    setOptions(next);
    onChange(next);
  };
  const ordered = [...sites].sort((a, b) => Number(b.id === siteId) - Number(a.id === siteId));
  return (
    <Group align="flex-start">
      <Select
        label={words.camera}
        placeholder={words.cameraNone}
        clearable
        searchable
        w={280}
        data={ordered
          .filter((site) => site.cameras.length > 0)
          .map((site) => ({
            group: site.name,
            items: site.cameras.map((camera) => ({ value: camera.id, label: camera.name })),
          }))}
        value={options.camera_id ?? null}
        onChange={(value) => change({ camera_id: value ?? undefined })}
      />
      <Select
        label={words.group}
        description={words.groupAbout}
        inputWrapperOrder={['label', 'input', 'description']}
        w={440}
        data={GROUPS}
        allowDeselect={false}
        value={options.group_by ?? 'name'}
        onChange={(value) => change({ group_by: (value ?? 'name') as UploadOptions['group_by'] })}
      />
    </Group>
  );
}
