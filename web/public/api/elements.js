/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 */
export function create(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** @param {string} text with code between backticks @returns {(Node | string)[]} */
export function inline(text) {
  return text.split("`").map((part, index) => (index % 2 ? create("code", {}, part) : part));
}

/** @param {string} [text] paragraphs with blank lines between them */
export function paragraphs(text = "") {
  return text.split("\n\n").filter(Boolean).map((paragraph) => create("p", {}, ...inline(paragraph)));
}

/** @param {string} summary @param {...Node} children */
export function details(summary, ...children) {
  return create("details", {}, create("summary", {}, summary), ...children);
}

/** @param {unknown} value */
export function json(value) {
  return create("pre", {}, create("code", {}, JSON.stringify(value, null, 2)));
}
