import { Button, Card, Group, Table, Text, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { tokenRevoke, TOKENS_KEY, tokensQuery, type Token } from '@/features/people/api';
import { peopleWords as words } from '@/features/people/strings';
import { TokenDialog } from '@/features/people/token-dialog';
import { ConfirmButton } from '@/components/confirm-button';
import { Section } from '@/components/page';
import { QueryView } from '@/components/query-view';
import { TableSkeleton } from '@/components/skeletons';
import { TimeAgo } from '@/components/time';
import { useAction } from '@/hooks/use-action';

export function Tokens() {
  const tokens = useQuery(tokensQuery);
  const [isNew, setNew] = useState(false);
  return (
    <Section
      title={words.tokens}
      actions={
        <Button size="compact-sm" variant="default" onClick={() => setNew(true)}>
          {words.newToken}
        </Button>
      }
    >
      <Text size="sm" c="dimmed">
        {words.tokensAbout}
      </Text>
      <QueryView
        query={tokens}
        skeleton={<TableSkeleton rows={2} />}
        isEmpty={(list) => list.length === 0}
        empty={
          <Card>
            <Text size="sm" c="dimmed">
              {words.noTokens}
            </Text>
          </Card>
        }
      >
        {(list) => <TokenTable tokens={list} />}
      </QueryView>
      {isNew && <TokenDialog onClose={() => setNew(false)} />}
    </Section>
  );
}

function TokenTable({ tokens }: { tokens: Token[] }) {
  return (
    <Card padding={0}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Begins with</Table.Th>
            <Table.Th>May</Table.Th>
            <Table.Th>Last used</Table.Th>
            <Table.Th>Ends</Table.Th>
            <Table.Th>
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {tokens.map((token) => (
            <TokenRow key={token.id} token={token} />
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

function TokenRow({ token }: { token: Token }) {
  const revoke = useAction({
    run: () => tokenRevoke(token.id),
    makesOld: [TOKENS_KEY],
    done: `${token.name} was revoked`,
    errors: 'inline',
  });
  return (
    <Table.Tr>
      <Table.Td fw={550}>{token.name}</Table.Td>
      <Table.Td ff="monospace">{token.prefix}…</Table.Td>
      <Table.Td>{token.scopes.includes('write') ? 'read and write' : 'read'}</Table.Td>
      <Table.Td>{token.last_used_at ? <TimeAgo at={token.last_used_at} /> : 'never'}</Table.Td>
      <Table.Td>{token.expires_at ? <TimeAgo at={token.expires_at} /> : 'never'}</Table.Td>
      <Table.Td>
        <Group justify="flex-end">
          <ConfirmButton
            size="compact-sm"
            variant="subtle"
            color="gray"
            title={`Revoke ${token.name}?`}
            verb="Revoke"
            losing="Programs that use it stop working at once."
            onConfirm={() => revoke.mutateAsync()}
          >
            {words.revoke}…
          </ConfirmButton>
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}
