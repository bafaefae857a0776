// Signing in with a passkey, and adding one; where the browser has none, it is said and nothing is offered.
"use strict";
(() => {
  const note = document.getElementById("passkey-note");
  const signIn = document.getElementById("passkey-sign-in");
  const form = document.getElementById("passkey-form");

  const say = (words) => {
    note.textContent = words;
    note.hidden = !words;
  };

  const read = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const write = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  class Refusal extends Error {}

  const post = async (address, body) => {
    const headers = body ? { "Content-Type": "application/json" } : {};
    const response = await fetch(address, { method: "POST", headers, body: body ? JSON.stringify(body) : undefined });
    if (response.ok) return response.status === 204 ? null : response.json();
    const said = await response.json().catch(() => ({}));
    throw new Refusal(said.shown ? `${said.shown.message} ${said.shown.advice}` : note.dataset.failed);
  };

  const explain = (error) => {
    if (error instanceof Refusal) return error.message;
    return { NotAllowedError: note.dataset.stopped, AbortError: note.dataset.stopped, InvalidStateError: note.dataset.known }[error.name] || note.dataset.failed;
  };

  const attempt = async (button, work) => {
    button.disabled = true;
    say(note.dataset.wait);
    try {
      await work();
    } catch (error) {
      say(explain(error));
      button.disabled = false;
    }
  };

  const useKnown = async () => {
    const { public_key: asked } = await post("/api/session/passkey/options");
    const shown = await navigator.credentials.get({ publicKey: { ...asked, challenge: read(asked.challenge) } });
    const { clientDataJSON, authenticatorData, signature, userHandle } = shown.response;
    await post("/api/session/passkey", {
      id: write(shown.rawId),
      client_data: write(clientDataJSON),
      authenticator_data: write(authenticatorData),
      signature: write(signature),
      user_handle: write(userHandle || new ArrayBuffer(0)),
    });
    window.location.assign(signIn.dataset.next);
  };

  const makeNew = async () => {
    const { public_key: asked } = await post("/api/account/passkeys/options");
    const made = await navigator.credentials.create({
      publicKey: {
        ...asked,
        challenge: read(asked.challenge),
        user: { ...asked.user, id: read(asked.user.id) },
        excludeCredentials: asked.excludeCredentials.map((known) => ({ ...known, id: read(known.id) })),
      },
    });
    await post("/api/account/passkeys", {
      name: document.getElementById("passkey-name").value,
      id: write(made.rawId),
      client_data: write(made.response.clientDataJSON),
      attestation: write(made.response.attestationObject),
    });
    window.location.reload();
  };

  if (!window.PublicKeyCredential) {
    say(note.dataset.none);
    return;
  }
  say("");
  if (signIn) {
    signIn.hidden = false;
    signIn.addEventListener("click", () => attempt(signIn, useKnown));
  }
  if (form) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      attempt(form.querySelector("button"), makeNew);
    });
  }
})();
