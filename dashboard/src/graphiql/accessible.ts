/** What a screen reader needs and GraphiQL leaves out, set from outside whenever its page changes. */

function mend(page: Element): void {
  // Tabs that hold buttons are no tabs: a list of buttons says the same, and which one is on.
  for (const tab of page.querySelectorAll(".graphiql-tab")) {
    const selected = tab.getAttribute("aria-selected");
    if (selected === null) continue;
    tab.querySelector(".graphiql-tab-button")?.setAttribute("aria-current", selected);
    tab.removeAttribute("role");
    tab.removeAttribute("aria-selected");
  }
  page.querySelector(".graphiql-tabs")?.setAttribute("role", "list");

  // Buttons of the history are named "Set active", whatever they set.
  for (const entry of page.querySelectorAll(".graphiql-history-item-label")) entry.removeAttribute("aria-label");

  for (const input of page.querySelectorAll(".graphiql-explorer-root :is(input, select):not([aria-label])")) {
    const name =
      input.closest("[data-arg-name]")?.getAttribute("data-arg-name") ?? input.previousElementSibling?.textContent;
    if (name) input.setAttribute("aria-label", name);
  }
}

/** Returns what ends it. */
export function keepAccessible(page: Element): () => void {
  const observer = new MutationObserver(() => mend(page));
  observer.observe(page, { subtree: true, childList: true, attributeFilter: ["aria-selected"] });
  mend(page);
  return () => observer.disconnect();
}
