// What must be so on every screen. Called with a question, an argument and the function that takes the answer: a list of faults.
const [question, argument, done] = arguments;

const describe = (element) => {
  const id = element.dataset?.testid ? `[data-testid=${element.dataset.testid}]` : element.tagName.toLowerCase();
  return `${id} “${(element.innerText ?? "").trim().split("\n")[0].slice(0, 40)}”`;
};
const dialog = () => [...document.querySelectorAll("dialog[open]")].at(-1);
const seen = (element) =>
  element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest("[inert]") && (!dialog() || dialog().contains(element));

const questions = {
  // Everything that axe finds, or what one of its rules finds.
  axe: async (rule) => {
    // A colour on its way is not the colour that people read.
    const ending = document.getAnimations().filter((one) => one instanceof CSSTransition);
    const patience = new Promise((done) => setTimeout(done, 1000));
    await Promise.race([patience, Promise.all(ending.map((one) => one.finished.catch(() => {})))]);
    await new Promise(requestAnimationFrame);
    const { violations } = await axe.run(document, { resultTypes: ["violations"], ...(rule && { runOnly: [rule] }) });
    const why = ({ any, all, none }) => [...any, ...all, ...none].map((check) => check.message).join("; ");
    return violations.flatMap(({ id, impact, help, nodes }) =>
      nodes.map((node) => `${id} (${impact}) at ${node.target.join(" ")}: ${help}: ${why(node)}`));
  },

  // Other hosts, a wrong language.
  strangers: ([home, language]) => {
    const entries = [...performance.getEntriesByType("resource"), ...performance.getEntriesByType("navigation")];
    const faults = entries.filter(({ name }) => !name.startsWith(home)).map(({ name }) => `asks another host for ${name}`);
    if (document.documentElement.lang !== language) faults.push(`its language is ${document.documentElement.lang}`);
    return faults;
  },

  // Things that move though the person asked for stillness.
  motion: () => document.getAnimations().filter((one) => one.playState === "running").map((one) => `${one.animationName ?? one.transitionProperty} moves`),

  // Targets that a finger misses.
  targets: (least) => {
    const targets = [...document.querySelectorAll("button, a[href], label:has(input), input")].filter(seen);
    // A field fills the row of its label, and the row is the target.
    const box = (element) => (element.matches("input") ? element.closest("label") ?? element : element).getBoundingClientRect();
    return targets
      .filter((element) => box(element).height < least - 0.5 || box(element).width < least - 0.5)
      .map((element) => `${describe(element)} is ${box(element).width.toFixed()} × ${box(element).height.toFixed()}`);
  },

  // What does not fit: the page, or a text in its box.
  overflow: async ([width, size]) => {
    const root = document.documentElement;
    root.style.fontSize = size;
    await new Promise((laid_out) => requestAnimationFrame(() => requestAnimationFrame(laid_out)));
    const everything = [...document.querySelectorAll("body *")].filter((element) => seen(element) && !element.matches("input, svg, svg *, .sr"));
    const beyond = (right) => everything.filter((element) => element.getBoundingClientRect().right > right + 0.5).slice(-2).map(describe).join(", ");
    const faults = [];
    if (root.scrollWidth > width) faults.push(`scrolls to ${root.scrollWidth} px because of ${beyond(width)}`);
    for (const element of everything) {
      const cuts = element.scrollWidth > element.clientWidth + 1 && ["hidden", "clip"].includes(getComputedStyle(element).overflowX);
      if (cuts) faults.push(`${describe(element)} cuts off ${beyond(element.getBoundingClientRect().right)}`);
    }
    root.style.fontSize = "";
    return faults;
  },
};

Promise.resolve(questions[question](argument)).then(done, (error) => done([String(error)]));
