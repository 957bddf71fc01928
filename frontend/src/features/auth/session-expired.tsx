/** Over the page when the session ended: the page stays mounted, so that nothing typed or drawn is lost. */
import { Alert, Modal, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { SignInForm } from '@/features/auth/sign-in-form';
import { authWords as words } from '@/features/auth/strings';
import { useAdoptSession, useMe } from '@/hooks/use-session';
import { onSignedOut } from '@/lib/api-client';
import { eventStream } from '@/lib/event-stream';
import { rememberPerson } from '@/lib/person';
import type { Session } from '@/types/api';

export function SessionExpired() {
  const me = useMe();
  const cache = useQueryClient();
  const adopt = useAdoptSession();
  const [isOut, setOut] = useState(false);
  const [isOther, setOther] = useState(false);
  useEffect(() => onSignedOut(() => setOut(true)), []);

  const back = (session: Session) => {
    if (session.user?.id !== me.id) {
      // Another person must not send what this one drew.
      rememberPerson(session.user?.id ?? null);
      setOther(true);
      return;
    }
    setOther(false);
    setOut(false);
    adopt(session);
    eventStream.stop();
    eventStream.start();
    void cache.invalidateQueries();
  };
  return (
    <Modal
      opened={isOut}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      title={words.expiredTitle}
    >
      <Stack>
        <Text size="sm">{words.expired}</Text>
        {isOther && <Alert color="red">{words.otherPerson}</Alert>}
        {isOut && <SignInForm email={me.email} onSignedIn={back} />}
      </Stack>
    </Modal>
  );
}
