import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Conversation } from "../conversation.ts";
import type { LinkRule } from "../markdown.ts";
import type { Shelf } from "../storage.ts";
import type { Words } from "../words.ts";

/** What every part of the view may need; made once per element. */
export interface Surroundings {
  conversation: Conversation;
  words: Words;
  language: string;
  title: string;
  base: URL;
  link: LinkRule;
  kept: Shelf;
}

export const Context = createContext<Surroundings | null>(null);

export function useSurroundings(): Surroundings {
  const surroundings = useContext(Context);
  if (!surroundings) throw new Error("rendered outside of the element");
  return surroundings;
}
