/* Passkeys: signing in by the button, registering by the form. Without this script, or in a browser
   without passkeys, both stay hidden and every page works as before. */
(() => {
  "use strict";

  // No browser makes passkeys for a bare address.
  const isName = !/^[\d.]+$|:/.test(location.hostname.replace(/^\[|\]$/g, ""));
  if (!window.PublicKeyCredential || !navigator.credentials || !isName) return;

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");

  const say = (sentence) => {
    const status = document.querySelector("[data-passkey-status]");
    if (status) status.textContent = sentence;
  };

  // What the server refuses comes as a sentence in the language of the page.
  class Refused extends Error {}

  const post = async (address, content) => {
    const response = await fetch(address, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/problem+json, application/json",
        "X-CSRFToken": document.querySelector("input[name=csrf_token]").value,
      },
      body: JSON.stringify(content),
    });
    if (response.redirected) {
      // Prove again who you are, or sign in: that is a page of its own.
      location.assign(response.url);
      return new Promise(() => {});
    }
    const answer = await response.json();
    if (!response.ok) throw new Refused(answer.title);
    return answer;
  };

  // What comes from and goes to the server is JSON, with all bytes in base64url.
  const described = (list = []) => list.map((each) => ({ ...each, id: bytes(each.id) }));
  const written = (credential, names) => {
    const response = { transports: credential.response.getTransports?.() ?? [] };
    for (const name of names) {
      const value = credential.response[name];
      if (value) response[name] = text(value);
    }
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: {},
      response,
    };
  };

  const attempt = async (button, act) => {
    let givenUp = "";
    button.disabled = true;
    say("");
    try {
      await act((sentence) => {
        givenUp = sentence;
      });
    } catch (error) {
      say(error instanceof Refused ? error.message : givenUp);
    }
    button.disabled = false;
  };

  document.querySelectorAll("[data-passkey-sign-in]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () =>
      attempt(button, async (orSay) => {
        const asked = await post(button.dataset.passkeyOptions, {});
        orSay(asked.given_up);
        const { challenge, allowCredentials, ...options } = asked.publicKey;
        const credential = await navigator.credentials.get({
          publicKey: {
            ...options,
            challenge: bytes(challenge),
            allowCredentials: described(allowCredentials),
          },
        });
        const answered = await post(button.dataset.passkeySignIn, {
          answer: written(credential, [
            "clientDataJSON",
            "authenticatorData",
            "signature",
            "userHandle",
          ]),
          is_own_device: document.querySelector("input[name=is_own_device]")?.checked ?? false,
          next: button.dataset.next,
        });
        location.assign(answered.next);
      }),
    );
  });

  document.querySelectorAll("form[data-passkey-register]").forEach((form) => {
    form.hidden = false;
    document.querySelectorAll("[data-passkey-missing]").forEach((sentence) => {
      sentence.hidden = true;
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!form.reportValidity()) return;
      attempt(event.submitter ?? form.querySelector("button"), async (orSay) => {
        const asked = await post(form.dataset.passkeyRegister, {});
        orSay(asked.given_up);
        const { challenge, user, excludeCredentials, ...options } = asked.publicKey;
        const credential = await navigator.credentials.create({
          publicKey: {
            ...options,
            challenge: bytes(challenge),
            user: { ...user, id: bytes(user.id) },
            excludeCredentials: described(excludeCredentials),
          },
        });
        form.elements.answer.value = JSON.stringify(
          written(credential, ["clientDataJSON", "attestationObject"]),
        );
        form.submit();
      });
    });
  });
})();
