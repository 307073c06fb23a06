// How a person finds things: by what they are and what they say. Called with the name of one of `eyes` and its arguments.
const tidy = (text) => (text ?? "").replace(/\u00a0/g, " ").split("\n").map((line) => line.trim()).filter(Boolean).join("\n");

// What is there but cannot be used or seen does not count: behind an open dialog, inert, hidden.
const dialog = () => [...document.querySelectorAll("dialog[open]")].at(-1);
const seen = (element) =>
  element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
  !element.closest("[inert]") &&
  element.getBoundingClientRect().height > 0 &&
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

const said = (element) => tidy(element.innerText);

const eyes = {
  // The first element of a kind that is called `wanted`, in its name, the first line of it or a part of its own. Of two, the one
  // on the page comes before the one in the list beside it.
  find: (kind, wanted) => {
    const called = (element) =>
      [name(element), name(element).split("\n")[0], ...[...element.children].flatMap((child) => [child, ...child.children]).map(said)].includes(wanted);
    const found = [...document.querySelectorAll(kinds[kind])].filter((element) => seen(element) && called(element));
    return found.find((element) => !element.closest("nav")) ?? found[0] ?? null;
  },

  at: (testId) => [...document.querySelectorAll(`[data-testid="${CSS.escape(testId)}"]`)].find(seen) ?? null,

  // All that can be read, a value in a field included.
  text: () => {
    const fields = [...document.querySelectorAll("input")].filter((input) => seen(input) && !["radio", "password"].includes(input.type));
    return [tidy((dialog() ?? document.body).innerText), ...fields.map((input) => input.value)].join("\n");
  },

  value: (wanted) => eyes.find("field", wanted)?.value ?? null,

  texts_at: (testId) => [...document.querySelectorAll(`[data-testid="${CSS.escape(testId)}"]`)].filter(seen).map(said),

  rests: (testId) => eyes.at(testId)?.ariaBusy === "false",

  text_at: (testId) => {
    const element = eyes.at(testId);
    return element && said(element);
  },

  // Whether a choice is the one that counts.
  chosen: (wanted) => eyes.find("choice", wanted)?.querySelector("input").checked ?? null,

  title: () => document.title,

  // Whether the save bar tells how a save went: only then a sign stands beside its words.
  over: () => !!eyes.at("save-status")?.querySelector("svg"),

  // What has the focus: its test id, else its name; and whether that can be seen.
  focus: () => {
    const element = document.activeElement;
    if (!element || element === document.body) return null;
    // The ring is around the thing itself, its label, or the row that it fills.
    const around = [element, element.nextElementSibling, element.closest("label"), element.closest("[data-testid^=field-]")].filter(Boolean);
    const rings = (style) => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow.includes("inset");
    const ring = around.some((one) => rings(getComputedStyle(one)));
    return { at: element.dataset.testid ?? "", name: tidy(name(element)).split("\n")[0], ring };
  },
};

return eyes[arguments[0]](...[...arguments].slice(1));
