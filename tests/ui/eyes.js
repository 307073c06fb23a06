// How a person finds things: by what they are and what they say. Called with the name of one of `eyes` and its arguments.
const tidy = (text) => (text ?? "").replace(/\u00a0/g, " ").split("\n").map((line) => line.trim()).filter(Boolean).join("\n");

// What is there but cannot be used or seen does not count: behind an open dialog, inert, hidden.
const dialog = () => [...document.querySelectorAll("dialog[open]")].at(-1);
const seen = (element) =>
  element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
  !element.closest("[inert]") &&
  (!dialog() || dialog().contains(element));

const kinds = {
  button: "button, [role=button]",
  link: "a[href]",
  field: "input:not([type=radio], [type=checkbox])",
  choice: "label:has(input[type=radio])",
  heading: "h1, h2, h3",
};

const name = (element) => {
  if (element.ariaLabel) return element.ariaLabel;
  const by = (element.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean);
  if (by.length) return by.map((id) => document.getElementById(id)?.innerText).join(" ");
  return tidy((element.labels?.[0] ?? element).innerText);
};

const eyes = {
  // The first element of a kind whose name, or the first line of it, is `wanted`.
  find: (kind, wanted) =>
    [...document.querySelectorAll(kinds[kind])].find((element) => {
      const text = name(element);
      return seen(element) && (text === wanted || text.split("\n")[0] === wanted);
    }) ?? null,

  at: (testId) => [...document.querySelectorAll(`[data-testid="${CSS.escape(testId)}"]`)].find(seen) ?? null,

  // All that can be read, a value in a field included.
  text: () => {
    const fields = [...document.querySelectorAll("input")].filter((input) => seen(input) && !["radio", "password"].includes(input.type));
    return [tidy((dialog() ?? document.body).innerText), ...fields.map((input) => input.value)].join("\n");
  },

  text_at: (testId) => {
    const element = eyes.at(testId);
    return element && tidy(element.innerText);
  },

  // What has the focus: its test id, else its name; and whether that can be seen.
  focus: () => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    const visible = (one) => one && getComputedStyle(one).outlineStyle !== "none" && parseFloat(getComputedStyle(one).outlineWidth) >= 2;
    const ring = [element, element.closest("label"), element.nextElementSibling, element.closest(".list, .row, .seg")].some(visible);
    return { at: element.dataset.testid ?? "", name: tidy(name(element)).split("\n")[0], ring };
  },
};

return eyes[arguments[0]](...[...arguments].slice(1));
