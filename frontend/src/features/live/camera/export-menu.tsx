import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';

import { countsUrl } from '@/features/live/camera/api';
import { shiftDay, type Part } from '@/features/live/camera/counts';
import { cameraWords as words } from '@/features/live/camera/strings';

const MONTH_DAYS = 30;
const FORMATS = [
  { value: 'csv', label: 'CSV' },
  { value: 'parquet', label: 'Parquet' },
] as const;

/** The counts as a file, in quarters of an hour: the browser saves the stream itself. */
export function ExportMenu({ feedId, part, day }: { feedId: string; part: Part; day: string }) {
  const after = shiftDay(day, 1);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconDownload size={15} />}>
          {words.exports}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {[
          { name: 'this day', from: day },
          { name: `the ${MONTH_DAYS} days until then`, from: shiftDay(after, -MONTH_DAYS) },
        ].map(({ name, from }) =>
          FORMATS.map(({ value, label }) => (
            <Menu.Item
              key={value + name}
              component="a"
              href={countsUrl(feedId, value, part, from, after)}
              download
            >
              {label}, {name}
            </Menu.Item>
          )),
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
