import { useEffect, useRef, useState } from 'react';

import type { GridSuggestion } from '@/types/annotation';

import { wantedCrop } from './crop-paint';
import type { CropPainter } from './crop-painter';
import css from './review.module.css';

/** Of the room for crops: a page turned shows crops that are there. */
const AHEAD = '100%';

type Props = { suggestion: GridSuggestion; color: string; painter: CropPainter };

/** An image, not a canvas: of those the browser makes a layer each, and sorting a hundred layers costs every key 30 ms. */
export function Crop({ suggestion, color, painter }: Props) {
  const place = useRef<HTMLSpanElement>(null);
  const [isNear, setNear] = useState(false);
  const [url, setUrl] = useState<string | null>(null);

  useEffect(() => {
    const element = place.current;
    if (!element || typeof IntersectionObserver === 'undefined') return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (!entry?.isIntersecting) return;
        setNear(true);
        observer.disconnect();
      },
      { root: element.closest('[data-scroll]'), rootMargin: AHEAD },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (!isNear) return;
    let made: string | null = null;
    // Where it cannot be had the place stays empty; label and score are still told below it.
    const forget = painter.ask(wantedCrop(suggestion, color), (blob) => {
      made = URL.createObjectURL(blob);
      setUrl(made);
    });
    return () => {
      forget();
      if (made) URL.revokeObjectURL(made);
    };
  }, [isNear, suggestion, color, painter]);

  return (
    <span ref={place} className={css.crop}>
      {url && <img src={url} alt="" decoding="sync" />}
    </span>
  );
}
