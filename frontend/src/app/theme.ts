/** One accent, an 8 px grid, 13–14 px text in tables, tabular figures. */
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** White text on shades 6 and 7, shade 7 on white and shade 4 on the dark body all pass WCAG AA. */
const teal: MantineColorsTuple = [
  '#eefbf9',
  '#d3f4ef',
  '#a6e8df',
  '#70d6ca',
  '#3fbfb2',
  '#1fa397',
  '#128579',
  '#0f6e65',
  '#0e5852',
  '#0b4540',
];

/** Blue-grey instead of Mantine's neutral grey: pictures sit better on it. */
const dark: MantineColorsTuple = [
  '#e4e8eb',
  '#c3cbd1',
  '#98a4ac',
  '#75828b',
  '#38424a',
  '#2c343a',
  '#1f262b',
  '#14181b',
  '#101416',
  '#0b0e10',
];

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  colors: { teal, dark },
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '18px' },
  lineHeights: { xs: '1.35', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.5' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '20px', lineHeight: '28px' },
      h2: { fontSize: '15px', lineHeight: '24px' },
      h3: { fontSize: '14px', lineHeight: '20px' },
    },
  },
  components: {
    Button: { defaultProps: { size: 'sm' } },
    // Initials on their own tint are too faint in some hues.
    Avatar: { styles: { placeholder: { color: 'var(--mantine-color-text)' } } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Tooltip: {
      defaultProps: { openDelay: 350, withArrow: true, events: { hover: true, focus: true, touch: true } },
    },
    Table: { defaultProps: { verticalSpacing: 6, horizontalSpacing: 'md', fz: 'sm' } },
    Modal: {
      defaultProps: {
        centered: true,
        radius: 'md',
        overlayProps: { backgroundOpacity: 0.4 },
        closeButtonProps: { 'aria-label': 'Close' },
      },
    },
    Card: { defaultProps: { withBorder: true, radius: 'md', padding: 'md' } },
    // A menu holds nothing but its items; the first one takes the focus.
    Menu: { defaultProps: { shadow: 'md', withInitialFocusPlaceholder: false } },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Loader: { defaultProps: { type: 'dots', role: 'status' } },
    Anchor: { defaultProps: { underline: 'hover' } },
  },
});

/** Quieter greys than Mantine's, with dimmed text that still passes AA on every surface used here. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: { '--rail-width': '56px', '--topline-height': '48px' },
  light: {
    '--mantine-color-body': '#f7f8f9',
    '--mantine-color-text': '#1b2226',
    '--mantine-color-dimmed': '#5a666e',
    '--mantine-color-default-border': '#dde2e6',
    '--mantine-color-placeholder': '#6b7780',
    '--mantine-color-error': '#c22b2b',
    '--mantine-color-teal-light': '#e3f5f2',
    '--mantine-color-teal-light-hover': '#d3efea',
    '--mantine-color-teal-light-color': '#0f6e65',
    '--mantine-color-yellow-light': '#fdf3d3',
    '--mantine-color-yellow-light-color': '#7a4a00',
    '--mantine-color-red-light': '#fdeaea',
    '--mantine-color-red-light-hover': '#fadcdc',
    '--mantine-color-red-light-color': '#a61b1b',
    '--surface': '#ffffff',
    '--surface-raised': '#ffffff',
    '--surface-sunken': '#eef1f3',
    '--rail': '#ffffff',
  },
  dark: {
    '--mantine-color-body': '#14181b',
    '--mantine-color-text': '#e4e8eb',
    '--mantine-color-dimmed': '#98a4ac',
    '--mantine-color-default-border': '#2c343a',
    '--mantine-color-default': '#1d2328',
    '--mantine-color-default-hover': '#242b31',
    '--mantine-color-placeholder': '#8794a0',
    '--mantine-color-error': '#ff8f8f',
    '--mantine-color-teal-light': '#14332f',
    '--mantine-color-teal-light-hover': '#183d38',
    '--mantine-color-teal-light-color': '#70d6ca',
    '--mantine-color-yellow-light': '#33290f',
    '--mantine-color-yellow-light-color': '#f2c45f',
    '--mantine-color-red-light': '#3a1c1e',
    '--mantine-color-red-light-hover': '#47242a',
    '--mantine-color-red-light-color': '#ff9c9c',
    '--surface': '#1a2024',
    '--surface-raised': '#20272c',
    '--surface-sunken': '#101416',
    '--rail': '#171c20',
  },
});
