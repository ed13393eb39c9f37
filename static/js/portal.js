/* Small comforts over pages that work without any of them: focus, keys, double clicks, copying. */
(() => {
  "use strict";

  const isTyping = (element) =>
    element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);

  // After a refused form the person starts at what is wrong, also with a screen reader.
  document.querySelector("[data-focus]")?.focus();

  // Browsers before 2025 cannot show a closed <details>; on wide screens it is opened for them.
  if (!CSS.supports("selector(::details-content)") && matchMedia("(min-width: 62rem)").matches) {
    document.querySelectorAll("details[data-wide-open]").forEach((details) => {
      details.open = true;
    });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "/" && !isTyping(event.target)) {
      const search = document.querySelector("[data-search]");
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
    }
    if (event.key === "Escape") {
      const open = event.target.closest("details[data-menu][open]");
      if (open) {
        open.open = false;
        open.querySelector("summary").focus();
      } else if (isTyping(event.target)) {
        event.target.blur();
      }
    }
  });

  // A click elsewhere closes what opened over the page, unless something was typed into it.
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details[data-menu][open]").forEach((details) => {
      const text = details.querySelector("textarea");
      if (!details.contains(event.target) && !text?.value) details.open = false;
    });
  });

  // <input data-filter="#list" hidden>: shows only the entries of a list that hold what is typed;
  // what is ticked stays, so that nothing chosen is out of sight.
  document.querySelectorAll("input[data-filter]").forEach((input) => {
    const entries = [...document.querySelectorAll(`${input.dataset.filter} > *`)];
    if (entries.length < 8) return;
    input.hidden = false;
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      entries.forEach((entry) => {
        const holds = entry.textContent.toLowerCase().includes(wanted);
        entry.hidden = !holds && !entry.querySelector(":checked");
      });
    });
    // Enter looks for a name; it must not send the form around it.
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
  });

  // One act per click. The button is disabled only after its own name and value have been sent;
  // it returns when the answer was a download, and when the person comes back to the page.
  const release = (button) => {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  };
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.defaultPrevented || event.target.method !== "post" || !button) return;
    setTimeout(() => {
      button.disabled = true;
      button.setAttribute("aria-busy", "true");
    });
    setTimeout(release, 10000, button);
  });
  addEventListener("pageshow", () => {
    document.querySelectorAll("[aria-busy][disabled]").forEach(release);
  });

  // <form data-submit-now>: sent by itself; its button is there for whoever has no script.
  document.querySelectorAll("form[data-submit-now]").forEach((form) => form.requestSubmit());

  // <button data-copy="text or #id" data-copied="Copied" hidden>: shown only where it can work.
  if (navigator.clipboard) {
    document.querySelectorAll("[data-copy]").forEach((button) => {
      button.hidden = false;
      button.setAttribute("aria-live", "polite");
      const label = button.textContent;
      button.addEventListener("click", async () => {
        const source = button.dataset.copy;
        const element = source.startsWith("#") ? document.querySelector(source) : null;
        await navigator.clipboard.writeText(element ? (element.value ?? element.innerText) : source);
        button.textContent = button.dataset.copied || label;
        setTimeout(() => {
          button.textContent = label;
        }, 2000);
      });
    });
  }
})();
