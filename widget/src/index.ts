// One script tag is all: <script src="https://shop.example/widget/countersign.js" defer data-title="…"></script>
// Everything it needs is found from its own address; a <countersign-chat> placed by hand is used instead of a new one.

import { chatElement } from "./element.tsx";

const TAG = "countersign-chat";
const script = document.currentScript;

if (script instanceof HTMLScriptElement && script.src && !customElements.get(TAG)) {
  customElements.define(TAG, chatElement(new URL("../", script.src), { ...script.dataset }));
  const place = () => {
    if (!document.querySelector(TAG)) document.body.append(document.createElement(TAG));
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", place);
  else place();
}
