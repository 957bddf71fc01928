/** Who may see what frame: public pages, the sign-in, or the shell around the page. */
import { Box } from '@mantine/core';
import { Outlet, useMatches } from '@tanstack/react-router';
import { useEffect } from 'react';

import { Shell } from '@/app/shell/shell';
import { ShellSkeleton } from '@/app/shell/shell-skeleton';
import { ErrorState } from '@/components/states';
import { SessionExpired } from '@/features/auth/session-expired';
import { SignInPage } from '@/features/auth/sign-in-page';
import { useSession } from '@/hooks/use-session';
import { eventStream } from '@/lib/event-stream';

export function Root() {
  const matches = useMatches();
  const leaf = matches[matches.length - 1]?.staticData;
  if (leaf?.isPublic) return <Outlet />;
  return <Guarded frame={leaf?.frame ?? 'page'} title={leaf?.title} />;
}

function Guarded({ frame, title }: { frame: 'page' | 'full' | 'bare'; title?: string }) {
  const session = useSession();
  const userId = session.data?.user?.id;
  useEffect(() => {
    if (!userId) return undefined;
    eventStream.start();
    return () => eventStream.stop();
  }, [userId]);

  useEffect(() => {
    // What a closed page left unsent goes out wherever the person comes back.
    if (userId) void import('@/features/annotate/work/sweep').then(({ sweep }) => sweep());
  }, [userId]);

  if (!session.data) {
    return session.error ? (
      <Box h="100dvh">
        <ErrorState error={session.error} retry={() => void session.refetch()} />
      </Box>
    ) : (
      <ShellSkeleton />
    );
  }
  // The address stays: after signing in the page that was asked for is there.
  if (!session.data.user) return <SignInPage session={session.data} />;
  return (
    <>
      {frame === 'bare' ? <Outlet /> : <Shell frame={frame} title={title ?? ''} />}
      <SessionExpired />
    </>
  );
}
