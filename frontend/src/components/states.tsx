/** What a page shows instead of its content: nothing yet, trouble, or no right to see it. */
import { Button, Center, Code, Group, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconAlertTriangle, IconLock, IconPhoto, IconPlugConnectedX } from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';

import { ButtonLink } from '@/components/links';
import { toApiError } from '@/lib/api-error';
import { paths } from '@/lib/paths';

type IconType = ComponentType<{ size?: number; stroke?: number }>;
type StateProps = {
  icon: IconType;
  color?: string;
  title: string;
  level?: 1 | 2;
  children?: ReactNode;
  action?: ReactNode;
};

function StatePanel({ icon: Icon, color = 'gray', title, level = 2, children, action }: StateProps) {
  return (
    <Center mih={240} p="xl">
      <Stack align="center" gap="sm" maw={460} ta="center">
        <ThemeIcon variant="light" color={color} size={48} radius="xl" aria-hidden>
          <Icon size={24} stroke={1.5} />
        </ThemeIcon>
        <Title order={level} size="h3">
          {title}
        </Title>
        {children}
        {action && <Group mt="xs">{action}</Group>}
      </Stack>
    </Center>
  );
}

type EmptyProps = { title: string; children?: ReactNode; action?: ReactNode; icon?: IconType };

/** One sentence on what belongs here, and one button that brings it. */
export function EmptyState({ title, children, action, icon = IconPhoto }: EmptyProps) {
  return (
    <StatePanel icon={icon} title={title} action={action}>
      {children && (
        <Text c="dimmed" size="sm">
          {children}
        </Text>
      )}
    </StatePanel>
  );
}

/** What happened, what was kept, what to do. Refusals get their own page. */
export function ErrorState({ error, retry, kept }: { error: unknown; retry?: () => void; kept?: string }) {
  const problem = toApiError(error);
  if (problem.isRefused) return <RefusedState error={problem} />;
  return (
    <StatePanel
      icon={problem.isUnreachable ? IconPlugConnectedX : IconAlertTriangle}
      color="red"
      title={problem.isUnreachable ? 'The server did not answer' : 'This could not be loaded'}
      action={
        retry && (
          <Button onClick={retry} variant="default">
            Try again
          </Button>
        )
      }
    >
      <Text size="sm">{problem.message}</Text>
      {kept && (
        <Text size="sm" c="dimmed">
          {kept}
        </Text>
      )}
      {problem.requestId && (
        <Text size="xs" c="dimmed">
          Request <Code>{problem.requestId}</Code>
        </Text>
      )}
    </StatePanel>
  );
}

/** 403 says why; 404 never says whether the thing exists. */
export function RefusedState({ error }: { error?: unknown }) {
  const problem = error === undefined ? null : toApiError(error);
  const isRole = problem?.status === 403;
  return (
    <StatePanel
      icon={IconLock}
      level={1}
      title={isRole ? 'Your role does not allow this' : 'There is nothing here for you'}
      action={
        <ButtonLink to={paths.home()} variant="default">
          Go home
        </ButtonLink>
      }
    >
      <Text c="dimmed" size="sm">
        {isRole
          ? `${problem.message} A manager of the project can change your role.`
          : 'The page does not exist, or it is not shared with you. Ask whoever sent you the address.'}
      </Text>
    </StatePanel>
  );
}
