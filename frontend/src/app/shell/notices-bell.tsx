import { ActionIcon, Box, Button, Group, Indicator, Popover, ScrollArea, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBell } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';

import css from '@/app/shell/notices.module.css';
import { shellWords as words } from '@/app/strings';
import { TimeAgo } from '@/components/time';
import { useMarkRead, useNotices } from '@/hooks/use-notices';
import type { Notice } from '@/types/api';

export function NoticesBell() {
  const [opened, { toggle, close }] = useDisclosure(false);
  const { data: notices = [] } = useNotices();
  const markRead = useMarkRead();
  const navigate = useNavigate();
  const unread = notices.filter((notice) => notice.read_at === null).length;
  const follow = (notice: Notice) => {
    close();
    if (notice.read_at === null) markRead.mutate([notice.id]);
    if (notice.link) void navigate({ to: notice.link });
  };
  return (
    // The button says the number.
    <Indicator
      disabled={unread === 0}
      label={<span aria-hidden>{unread > 9 ? '9+' : unread}</span>}
      size={16}
      offset={6}
      color="red.8"
    >
      <Popover opened={opened} onChange={close} position="bottom-end" width={360} shadow="md">
        <Popover.Target>
          <ActionIcon
            size={36}
            onClick={toggle}
            aria-label={unread ? `Notices: ${unread} unread` : words.notices}
          >
            <IconBell size={19} stroke={1.6} />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown p={0}>
          <Group justify="space-between" px="sm" py="xs">
            <Text fw={600} size="sm">
              {words.notices}
            </Text>
            {unread > 0 && (
              <Button size="compact-xs" variant="subtle" onClick={() => markRead.mutate('all')}>
                {words.readAll}
              </Button>
            )}
          </Group>
          <ScrollArea.Autosize mah={420}>
            {notices.length === 0 && (
              <Text c="dimmed" size="sm" p="sm">
                {words.noNotices}
              </Text>
            )}
            <Stack gap={0}>
              {notices.map((notice) => (
                <button key={notice.id} type="button" className={css.notice} onClick={() => follow(notice)}>
                  <Box className={css.dot} data-unread={notice.read_at === null || undefined} />
                  <div>
                    <Text size="sm" fw={notice.read_at === null ? 600 : 400}>
                      {notice.title}
                    </Text>
                    {notice.body && (
                      <Text size="xs" c="dimmed" lineClamp={2}>
                        {notice.body}
                      </Text>
                    )}
                    <TimeAgo at={notice.created_at} size="xs" c="dimmed" />
                  </div>
                </button>
              ))}
            </Stack>
          </ScrollArea.Autosize>
        </Popover.Dropdown>
      </Popover>
    </Indicator>
  );
}
