/** Pictures are judged on dark ground: while mounted the app is dark, unless the person chose light. */
import { useMantineColorScheme } from '@mantine/core';
import { useEffect } from 'react';

const ATTRIBUTE = 'data-mantine-color-scheme';

export function useDarkRoom(): void {
  const { colorScheme } = useMantineColorScheme();
  useEffect(() => {
    if (colorScheme !== 'auto') return;
    const root = document.documentElement;
    const before = root.getAttribute(ATTRIBUTE);
    root.setAttribute(ATTRIBUTE, 'dark');
    return () => {
      if (before) root.setAttribute(ATTRIBUTE, before);
    };
  }, [colorScheme]);
}
