import type { ReactNode } from 'react';

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

const line = (d: string) => <path d={d} />;

export const icons = {
  search: <Icon>{line('M7 2.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.3 10.3L14 14')}</Icon>,
  plus: <Icon>{line('M8 3v10M3 8h10')}</Icon>,
  pin: <Icon>{line('M6 2.5h4M6.7 2.5v4L4.5 9h7L9.3 6.5v-4M8 9v4.5')}</Icon>,
  grid: <Icon>{line('M2.5 2.5h4.6v4.6H2.5zM8.9 2.5h4.6v4.6H8.9zM2.5 8.9h4.6v4.6H2.5zM8.9 8.9h4.6v4.6H8.9z')}</Icon>,
  close: <Icon>{line('M4 4l8 8M12 4l-8 8')}</Icon>,
  check: <Icon>{line('M3 8.5l3.5 3.5L13 4.5')}</Icon>,
  send: <Icon>{line('M8 13V3M3.5 7.5L8 3l4.5 4.5')}</Icon>,
  stop: (
    <Icon>
      <rect x="4" y="4" width="8" height="8" rx="1.2" />
    </Icon>
  ),
  pause: <Icon>{line('M5.5 3.5v9M10.5 3.5v9')}</Icon>,
  play: <Icon>{line('M5 3.5v9l7.5-4.5z')}</Icon>,
  replay: <Icon>{line('M3 8a5 5 0 1 0 1.5-3.6M3 2v3h3M7 6v4l3.2-2z')}</Icon>,
  processes: <Icon>{line('M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.2M5 11h.2')}</Icon>,
  previous: <Icon>{line('M10.5 3.5L6 8l4.5 4.5M4 3.5v9')}</Icon>,
  next: <Icon>{line('M5.5 3.5L10 8l-4.5 4.5M12 3.5v9')}</Icon>,
  left: <Icon>{line('M10 3.5L5.5 8l4.5 4.5')}</Icon>,
  retry: <Icon>{line('M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3')}</Icon>,
  list: <Icon>{line('M6 4h8M6 8h8M6 12h8M2.5 4h.5M2.5 8h.5M2.5 12h.5')}</Icon>,
  menu: <Icon>{line('M2.5 4.5h11M2.5 8h11M2.5 11.5h11')}</Icon>,
  down: <Icon>{line('M3.5 6L8 10.5 12.5 6')}</Icon>,
  up: <Icon>{line('M3.5 10L8 5.5 12.5 10')}</Icon>,
  right: <Icon>{line('M6 3.5L10.5 8 6 12.5')}</Icon>,
  expand: <Icon>{line('M9.5 2.5h4v4M13.5 2.5l-5 5M6.5 13.5h-4v-4M2.5 13.5l5-5')}</Icon>,
  download: <Icon>{line('M8 2.5v8M4.5 7.5L8 11l3.5-3.5M3 13.5h10')}</Icon>,
  copy: (
    <Icon>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
      <path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2" />
    </Icon>
  ),
  edit: <Icon>{line('M3 13l.6-2.8L10.8 3l2.2 2.2-7.2 7.2z')}</Icon>,
  trash: <Icon>{line('M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.5 8.5h6l.5-8.5')}</Icon>,
  warn: <Icon>{line('M8 2.5l6 11H2zM8 6.5v3.2M8 11.6v.2')}</Icon>,
  clock: (
    <Icon>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 5v3.2l2 1.3" />
    </Icon>
  ),
  tool: (
    <Icon>
      {line('M9.6 6.4a3.4 3.4 0 0 0 4.2-4.2L11.7 4.3 9.9 2.5 12 .4M9.6 6.4L3.4 12.6a1.3 1.3 0 1 1-1.8-1.8l6.2-6.2')}
    </Icon>
  ),
  dot: (
    <Icon>
      <circle cx="8" cy="8" r="2.5" />
    </Icon>
  ),
  people: (
    <Icon>
      <circle cx="6" cy="5.5" r="2.3" />
      <path d="M1.8 13a4.2 4.2 0 0 1 8.4 0M10.2 3.4a2.3 2.3 0 0 1 0 4.2M12 9.4a4.2 4.2 0 0 1 2.2 3.6" />
    </Icon>
  ),
  settings: <Icon>{line('M2.5 4.5h5M11.5 4.5h2M2.5 11.5h2M8.5 11.5h5M9.5 2.8v3.4M6.5 9.8v3.4')}</Icon>,
  eraser: <Icon>{line('M6 13h7.5M2.8 9.6l6.4-6.4 3.8 3.8L7 13H5.2L2.8 10.6zM6 6.4l3.8 3.8')}</Icon>,
  chart: <Icon>{line('M2.5 13.5h11M4.5 11V8M8 11V3M11.5 11V6')}</Icon>,
  leave: <Icon>{line('M6.5 2.5h-4v11h4M10 4.5L13.5 8 10 11.5M13.5 8H6')}</Icon>,
  bell: <Icon>{line('M4 11V7.5a4 4 0 0 1 8 0V11l1 1.2H3zM6.8 13.8h2.4')}</Icon>,
  folder: <Icon>{line('M2 12.5v-9h4l1.5 2H14v7z')}</Icon>,
  folderPlus: <Icon>{line('M2 12.5v-9h4l1.5 2H14v7zM8 7.2v3.6M6.2 9h3.6')}</Icon>,
  file: <Icon>{line('M4 2.5h5l3 3v8H4zM9 2.5v3h3')}</Icon>,
  share: <Icon>{line('M8 9.5v-7M5.2 5L8 2.2 10.8 5M4.5 7.5h-1.5v6h10v-6h-1.5')}</Icon>,
  link: (
    <Icon>
      {line('M6.5 9.5l3-3M7 4.8l1.2-1.2a2.6 2.6 0 0 1 3.7 3.7L10.8 8.5M9 11.2l-1.2 1.2a2.6 2.6 0 0 1-3.7-3.7L5.2 7.5')}
    </Icon>
  ),
  upload: <Icon>{line('M8 11V3M4.5 6.5L8 3l3.5 3.5M3 13.5h10')}</Icon>,
} as const;

/** The name of an icon. */
export type IconName = keyof typeof icons;
