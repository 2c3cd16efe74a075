"use strict";
// Fills a form with the answer of a passkey, then sends it. What the passkey is asked stands in the form.
for (const form of document.querySelectorAll("form[data-passkey]")) {
  const trouble = form.querySelector("[role=alert]");
  const button = form.querySelector("button");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    trouble.hidden = true;
    button.disabled = true;
    try {
      const options = JSON.parse(form.dataset.options);
      const credential =
        form.dataset.passkey === "create"
          ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
          : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      form.elements.namedItem("credential").value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch (error) {
      const name = String(error.name);
      trouble.textContent = trouble.dataset[name.charAt(0).toLowerCase() + name.slice(1)] ?? trouble.dataset.other;
      trouble.hidden = false;
      button.disabled = false;
      button.focus();
    }
  });
}
