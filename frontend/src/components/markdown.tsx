/** People's text with simple formatting. Raw HTML in it stays text: react-markdown never inserts it. */
import { lazy, Suspense } from 'react';
import { Skeleton, Table } from '@mantine/core';

const Formatted = lazy(async () => {
  const [{ default: ReactMarkdown }, { default: gfm }] = await Promise.all([
    import('react-markdown'),
    import('remark-gfm'),
  ]);
  return {
    default: (props: Parameters<typeof ReactMarkdown>[0]) => (
      <ReactMarkdown {...props} remarkPlugins={[gfm]} />
    ),
  };
});
// Pictures of other servers would tell them who reads; the content policy bars them too.
const ALLOWED = [
  'h1',
  'h2',
  'h3',
  'h4',
  'p',
  'ul',
  'ol',
  'li',
  'strong',
  'em',
  'del',
  'code',
  'pre',
  'blockquote',
  'hr',
  'a',
  'br',
  'table',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
];

export function Markdown({ text, className }: { text: string; className?: string }) {
  return (
    <div className={className}>
      <Suspense fallback={<Skeleton height={96} />}>
        <Formatted
          allowedElements={ALLOWED}
          unwrapDisallowed
          components={{
            a: ({ children, href }) => (
              <a href={href} target="_blank" rel="noreferrer noopener">
                {children}
              </a>
            ),
            table: ({ children }) => (
              <Table.ScrollContainer minWidth={0}>
                <Table withTableBorder withColumnBorders fz="inherit">
                  {children}
                </Table>
              </Table.ScrollContainer>
            ),
            thead: ({ children }) => <Table.Thead>{children}</Table.Thead>,
            tbody: ({ children }) => <Table.Tbody>{children}</Table.Tbody>,
            tr: ({ children }) => <Table.Tr>{children}</Table.Tr>,
            th: ({ children, style }) => <Table.Th style={style}>{children}</Table.Th>,
            td: ({ children, style }) => <Table.Td style={style}>{children}</Table.Td>,
          }}
        >
          {text}
        </Formatted>
      </Suspense>
    </div>
  );
}
