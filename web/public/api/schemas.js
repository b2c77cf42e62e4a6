/** JSON schemas as text: the types and fields that OpenAPI's components describe. */
import { create, inline, json, details } from "./elements.js";

/** @typedef {any} Schema */

/** @param {string} reference such as "#/components/schemas/Box" @returns {string} its last part */
export const nameOf = (reference) => reference.slice(reference.lastIndexOf("/") + 1);

/** @param {Schema} schema @returns {(Node | string)[]} its type in a few words */
export function typeOf(schema) {
  if (schema.$ref) return [create("a", { href: `#${nameOf(schema.$ref)}` }, nameOf(schema.$ref))];
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return choices.flatMap((/** @type {Schema} */ choice, /** @type {number} */ index) => [...(index ? [" or "] : []), ...typeOf(choice)]);
  if (schema.const !== undefined) return [create("code", {}, JSON.stringify(schema.const))];
  if (schema.enum) return inline(schema.enum.map((/** @type {unknown} */ value) => `\`${JSON.stringify(value)}\``).join(" or "));
  if (schema.type === "array") return [`array${rangeOf(schema.minItems, schema.maxItems, " of ")} of `, ...typeOf(schema.items ?? {})];
  const type = [schema.type ?? "any"].flat().join(" or ");
  return [`${type}${rangeOf(schema.minimum, schema.maximum, ", ")}`];
}

/** @param {number | undefined} least @param {number | undefined} most @param {string} before */
function rangeOf(least, most, before) {
  if (least === undefined && most === undefined) return "";
  if (least === most) return `${before}${least}`;
  if (most === undefined) return `${before}${least} or more`;
  return `${before}${least ?? "up"} to ${most}`;
}

/** @param {Schema} schema of an object @returns {Node[]} the description and fields */
export function describe(schema) {
  const fields = Object.entries(schema.properties ?? {});
  return [
    ...(schema.description ? [create("p", {}, ...inline(schema.description))] : []),
    ...(schema.allOf ?? []).map((/** @type {Schema} */ part) => (part.$ref ? create("p", {}, "All fields of ", ...typeOf(part)) : create("div", {}, ...describe(part)))),
    ...(fields.length ? [create("dl", {}, ...fields.flatMap(([name, field]) => describeField(name, field, schema)))] : []),
    ...(fields.length || schema.allOf ? [] : [create("p", {}, ...typeOf(schema))]),
    ...(schema.examples ? [details("Example", json(schema.examples[0]))] : []),
  ];
}

/** @param {string} name @param {Schema} field @param {Schema} parent */
function describeField(name, field, parent) {
  const isOptional = !parent.required?.includes(name);
  const hasFields = field.properties || field.items?.properties;
  return [
    create("dt", {}, create("code", {}, name), " ", ...typeOf(field), ...(isOptional ? [", optional"] : [])),
    create("dd", {}, ...(hasFields ? describe(field.properties ? field : field.items) : inline(field.description ?? ""))),
  ];
}
