// Every word that the widget itself says. What the assistant says comes from the server.

const en = {
  title: "Shop assistant",
  open: (title: string) => `Open chat: ${title}`,
  close: "Close chat",
  subtitle: "Automated assistant",
  log: "Conversation",
  you: "You",
  assistant: "Assistant",
  agent: "Shop staff",
  said: (who: string) => `${who} said:`,
  composer: "Your message",
  placeholder: "Write a message…",
  placeholderEmail: "Your e-mail address",
  placeholderCode: "The code from the e-mail",
  placeholderPostcode: "Your postcode",
  send: "Send",
  keys: "Enter sends, Shift and Enter starts a new line.",
  typing: "The assistant is writing…",
  latest: "Newest message",
  menu: "Chat menu",
  fresh: "New conversation",
  erase: "Delete this chat",
  eraseAsk: "Delete every message of this chat?",
  eraseYes: "Delete",
  eraseNo: "Keep",
  erased: "This chat has been deleted.",
  eraseFailed: "The chat could not be deleted just now. Please try again.",
  lock: "Only you and the shop's order system see this.",
  noticeLink: "Read the full notice",
  checkpoint: "Secure step",
  checkpointOpen: "Open secure page",
  newTab: "(opens in a new tab)",
  checkpointHint: "Or type your e-mail address here.",
  earlier: "Your chat so far",
  today: "Today",
  yesterday: "Yesterday",
  sending: "Sending…",
  waiting: "Waiting for a connection…",
  delayed: (seconds: number) => `Sending again in ${seconds} s`,
  failed: "Not sent.",
  retry: "Try again",
  discard: "Discard",
  offline: "You are offline. Messages are sent as soon as you are back.",
  reconnecting: "Connecting again…",
  unreachable: "The assistant cannot be reached at the moment.",
  renewed: "Your last conversation had ended, so a new one has begun.",
  resendPersonal: "Your last answer was not sent on. Please ask again.",
  ended: "This conversation has ended. Write a message to start a new one.",
  hidden: "••••",
  chosen: "(chosen)",
  cards: (count: number) => `${count} cards`,
  previous: "Earlier cards",
  next: "More cards",
  left: (count: number) => (count === 1 ? "1 character left" : `${count} characters left`),
  over: (count: number) => (count === 1 ? "1 character too many" : `${count} characters too many`),
};

export type Words = typeof en;

const catalogue: Record<string, Words> = { en };

/** The catalogue for a BCP 47 tag (`de-AT` falls back to `de`, then to English). */
export function wordsFor(language: string): Words {
  return catalogue[language] ?? catalogue[language.split("-")[0] ?? ""] ?? en;
}
