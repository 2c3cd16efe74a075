import type { ComponentChildren } from "preact";

const Icon = ({ children }: { children: ComponentChildren }) => (
  <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" class="icon">
    {children}
  </svg>
);

export const ChatIcon = () => (
  <Icon>
    <path d="M12 3.5c-5 0-9 3.4-9 7.7 0 2.5 1.4 4.7 3.5 6.1-.1 1-.5 2-1.3 2.8 1.6-.1 3.1-.6 4.3-1.5.8.2 1.6.3 2.5.3 5 0 9-3.4 9-7.7s-4-7.7-9-7.7Z" />
    <path d="M8.3 11.2h.01M12 11.2h.01M15.7 11.2h.01" class="thick" />
  </Icon>
);
export const CloseIcon = () => <Icon><path d="M6.5 6.5l11 11M17.5 6.5l-11 11" /></Icon>;
export const MenuIcon = () => <Icon><path d="M12 5.5h.01M12 12h.01M12 18.5h.01" class="thick" /></Icon>;
export const SendIcon = () => <Icon><path d="M12 19V5.5M6 11l6-6 6 6" /></Icon>;
export const DownIcon = () => <Icon><path d="M12 5v13.5M6 13l6 6 6-6" /></Icon>;
export const BackIcon = () => <Icon><path d="M14.5 6l-6 6 6 6" /></Icon>;
export const NextIcon = () => <Icon><path d="M9.5 6l6 6-6 6" /></Icon>;
export const LockIcon = () => (
  <Icon>
    <rect x="5.5" y="10.5" width="13" height="9" rx="2.2" />
    <path d="M8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5" />
  </Icon>
);
export const ShieldIcon = () => (
  <Icon>
    <path d="M12 3.5l7 2.6v5.1c0 4.3-2.9 7.6-7 9.3-4.1-1.7-7-5-7-9.3V6.1l7-2.6Z" />
    <path d="M9 11.9l2.2 2.2 3.9-4.2" />
  </Icon>
);
export const FreshIcon = () => <Icon><path d="M12 5.5v13M5.5 12h13" /></Icon>;
export const BinIcon = () => <Icon><path d="M5 7h14M10 7V5h4v2M7 7l.8 12h8.4L17 7M10.3 10.5v5M13.7 10.5v5" /></Icon>;
