/** Shows openapi.json to people. */
import { create, details, inline, json, paragraphs } from "./elements.js";
import { describe, nameOf, typeOf } from "./schemas.js";

/** @typedef {any} Operation */

const page = /** @type {HTMLElement} */ (document.getElementById("api"));
const state = /** @type {HTMLElement} */ (document.getElementById("state"));

try {
  const response = await fetch("/openapi.json");
  if (!response.ok) throw new Error(`openapi.json: ${response.status}`);
  show(await response.json());
  scrollToFragment();
} catch (error) {
  console.error(error);
  state.textContent = "The description did not load. Check the connection, and reload the page.";
}

/** @param {any} api */
function show(api) {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) => Object.entries(methods)
    .filter(([method]) => method !== "head") // as get, without a body
    .map(([method, operation]) => ({ title: `${method.toUpperCase()} ${path}`, path, operation })));
  /** @type {{description: string, operations: typeof operations}[]} */
  const groups = api.tags.map((/** @type {{name: string, description: string}} */ { name, description }) => ({
    description, operations: operations.filter(({ operation }) => operation.tags.includes(name)),
  }));
  const schemas = Object.entries(api.components.schemas)
    .map(([name, schema]) => create("article", {}, create("h3", { id: name }, create("code", {}, name)), ...describe(schema)));
  state.replaceWith(
    ...paragraphs(api.info.description),
    create("nav", { "aria-label": "Requests" }, create("ul", {}, ...groups.flatMap((group) => group.operations).map(({ title, operation }) => create(
      "li", {}, create("a", { href: `#${operation.operationId}` }, create("code", {}, title)), ` ${operation.summary}`,
    )))),
    ...groups.map((group) => create(
      "section", {}, create("h2", {}, group.description),
      ...group.operations.map(({ title, path, operation }) => describeOperation(api, title, path, operation)),
    )),
    create("section", {}, create("h2", {}, "Objects"), ...schemas),
  );
}

/** @param {any} api @param {string} title @param {string} path @param {Operation} operation */
function describeOperation(api, title, path, operation) {
  /** @type {any[]} */
  const parameters = operation.parameters.map((/** @type {any} */ each) => (each.$ref ? api.components.parameters[nameOf(each.$ref)] : each));
  return create(
    "article", {},
    create("h3", { id: operation.operationId }, create("code", {}, title)),
    create("p", { class: "summary" }, operation.summary),
    ...paragraphs(operation.description),
    create("pre", { class: "curl" }, create("code", {}, toCurl(api, withExamples(path, parameters), operation))),
    create("h4", {}, "Parameters"),
    create("dl", {}, ...parameters.flatMap(describeParameter)),
    ...(operation.requestBody ? [create("h4", {}, "Request"), describeContent(operation.requestBody.content)] : []),
    create("h4", {}, "Responses"),
    create("dl", {}, ...Object.entries(operation.responses).flatMap(([status, response]) => describeResponse(api, status, response))),
  );
}

/** @param {any} parameter @returns {Node[]} */
function describeParameter(parameter) {
  return [
    create("dt", {}, create("code", {}, parameter.name), ` in the ${parameter.in}`, ...(parameter.required ? [] : [", optional"])),
    create("dd", {}, ...inline(parameter.description)),
  ];
}

/** @param {string} path @param {any[]} parameters @returns {string} with examples in place of its parameters */
function withExamples(path, parameters) {
  return path.replace(/\{(\w+)\}/g, (_, name) => parameters.find((parameter) => parameter.name === name).example);
}

/** @param {Record<string, any>} content by type */
function describeContent(content) {
  return create("ul", {}, ...Object.entries(content).map(([type, { schema }]) => create("li", {}, create("code", {}, type), ": ", ...typeOf(schema ?? {}))));
}

/** @param {any} api @param {string} status @param {any} response */
function describeResponse(api, status, response) {
  const { description, content = {} } = response.$ref ? api.components.responses[nameOf(response.$ref)] : response;
  const body = content["application/json"];
  const example = body?.example ?? Object.values(body?.examples ?? {})[0]?.value;
  return [
    create("dt", {}, create("code", {}, status), " ", ...(body?.schema ? typeOf(body.schema) : [])),
    create("dd", {}, create("p", {}, ...inline(description)), ...(example ? [details("Example", json(example))] : [])),
  ];
}

/** @param {any} api @param {string} path @param {Operation} operation @returns {string} a command that works where it is pasted */
function toCurl(api, path, operation) {
  const command = `curl '${location.origin}${path}'`;
  const content = operation.requestBody?.content;
  if (!content) return command;
  if (content["image/png"]) return `${command} -H 'Content-Type: image/png' --data-binary @digit.png`;
  const { schema, example } = content["application/json"];
  const body = example ?? (schema.$ref ? api.components.schemas[nameOf(schema.$ref)] : schema).examples?.[0];
  return `${command} -H 'Content-Type: application/json' -d '${JSON.stringify(body).replace(/'/g, "'\\''")}'`;
}

/** The browser looked for the fragment before its target was there. */
function scrollToFragment() {
  document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}
