/** People's text with simple formatting. Raw HTML in it stays text: react-markdown never inserts it. */
import { lazy, Suspense } from 'react';
import { Skeleton } from '@mantine/core';

const ReactMarkdown = lazy(() => import('react-markdown'));
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
  'code',
  'pre',
  'blockquote',
  'hr',
  'a',
  'br',
];

export function Markdown({ text, className }: { text: string; className?: string }) {
  return (
    <div className={className}>
      <Suspense fallback={<Skeleton height={96} />}>
        <ReactMarkdown
          allowedElements={ALLOWED}
          unwrapDisallowed
          components={{
            a: ({ children, href }) => (
              <a href={href} target="_blank" rel="noreferrer noopener">
                {children}
              </a>
            ),
          }}
        >
          {text}
        </ReactMarkdown>
      </Suspense>
    </div>
  );
}
