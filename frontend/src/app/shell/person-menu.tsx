import {
  Avatar,
  Menu,
  SegmentedControl,
  Text,
  UnstyledButton,
  VisuallyHidden,
  useMantineColorScheme,
} from '@mantine/core';
import { IconKey, IconLogout } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';

import { shellWords as words } from '@/app/strings';
import { useAction } from '@/hooks/use-action';
import { fetchSession, useAdoptSession, useMe } from '@/hooks/use-session';
import { api, unwrap } from '@/lib/api-client';
import { paths } from '@/lib/paths';

const SCHEMES = [
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
  { value: 'auto', label: 'System' },
];

export function PersonMenu() {
  const me = useMe();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const adopt = useAdoptSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const signOut = useAction({
    run: async () => {
      await unwrap(api.DELETE('/api/v1/session'));
      return fetchSession();
    },
    onDone: (session) => {
      // Nothing of one person's answers may be on the next one's screen.
      cache.clear();
      adopt(session);
    },
  });
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton ml={4}>
          <VisuallyHidden>{`${me.name}: account menu`}</VisuallyHidden>
          <Avatar name={me.name || me.email} color="initials" size={30} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="var(--mantine-color-text)" truncate>
            {me.name}
          </Text>
          <Text size="xs" truncate>
            {me.email}
          </Text>
        </Menu.Label>
        <SegmentedControl
          aria-label={words.theme}
          size="xs"
          fullWidth
          mx={8}
          mb={4}
          data={SCHEMES}
          value={colorScheme}
          onChange={(value) => setColorScheme(value as 'light' | 'dark' | 'auto')}
        />
        <Menu.Divider />
        <Menu.Item leftSection={<IconKey size={16} />} onClick={() => void navigate({ to: paths.account() })}>
          {words.account}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()}>
          {words.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
