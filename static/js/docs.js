/**
 * Reads /openapi.json and shows each operation: its parameters, body, answers and examples; a GET can be tried.
 */
(() => {
  'use strict';

  const MAX_DEPTH = 8; // schemas that hold themselves would have no end

  /**
   * @typedef {Record<string, any>} Json
   * @typedef {{ name: string, in: string, required: boolean, description?: string, schema: Json }} Parameter
   * @typedef {{ method: string, path: string, operation: Json }} Entry
   */

  /** @type {Json} */
  let schemas = {};

  // ---- Schemas ----

  /** @param {Json} schema @returns {Json} */
  function resolved(schema) {
    const name = schema.$ref?.split('/').pop();
    return name ? { ...schemas[name], ...schema, $ref: undefined } : schema;
  }

  /** The branches of a choice that are more than null. @param {Json} schema @returns {Json[]} */
  const branches = (schema) => (schema.anyOf ?? []).filter((/** @type {Json} */ one) => one.type !== 'null');

  /** What a value may be, in words. @param {Json} given @returns {string} */
  function kind(given) {
    const schema = resolved(given);
    if (schema.anyOf) {
      const kinds = schema.anyOf.map((/** @type {Json} */ one) => kind(one));
      return kinds.join(' or ');
    }
    if ('const' in schema) return JSON.stringify(schema.const);
    const base = schema.type === 'array' ? `list of ${kind(schema.items ?? {})}` : (schema.type ?? 'anything');
    const format = schema.format ? ` (${schema.format})` : '';
    const choices = schema.enum ? `: ${schema.enum.join(', ')}` : '';
    return base + format + choices + bounds(schema);
  }

  /** @param {Json} schema */
  function bounds(schema) {
    const words = [
      ['minimum', 'at least'], ['exclusiveMinimum', 'above'], ['maximum', 'at most'],
      ['minLength', 'at least', 'characters'], ['maxLength', 'at most', 'characters'],
      ['minItems', 'at least', 'items'], ['maxItems', 'at most', 'items'],
    ];
    const told = words.filter(([key]) => key && key in schema);
    return told.map(([key, word, unit]) => `, ${[word, schema[key ?? ''], unit].filter((part) => part !== undefined).join(' ')}`).join('');
  }

  /** A value that the schema allows. @param {Json} given @param {number} depth @returns {any} */
  function example(given, depth = 0) {
    const schema = resolved(given);
    if (schema.examples?.length) return schema.examples[0];
    if ('const' in schema) return schema.const;
    if (schema.enum) return schema.enum[0];
    const [branch] = branches(schema);
    if (branch && depth < MAX_DEPTH) return example(branch, depth + 1);
    if (schema.type === 'array') return depth < MAX_DEPTH && schema.items ? [example(schema.items, depth + 1)] : [];
    if (schema.type === 'object') return exampleObject(schema, depth);
    if (schema.default !== undefined) return schema.default;
    return { integer: schema.minimum ?? 1, number: schema.minimum ?? 0.5, boolean: false, string: '' }[String(schema.type)] ?? null;
  }

  /** @param {Json} schema @param {number} depth */
  function exampleObject(schema, depth) {
    const properties = Object.entries(schema.properties ?? {});
    if (depth >= MAX_DEPTH) return {};
    return Object.fromEntries(properties.map(([name, one]) => [name, example(/** @type {Json} */ (one), depth + 1)]));
  }

  // ---- Elements ----

  /**
   * @param {string} tag
   * @param {Record<string, string>} attributes
   * @param {(Node | string)[]} children
   */
  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  }

  /** Text in which `names` stand between backticks. @param {string} text @returns {(Node | string)[]} */
  const prose = (text) => text.split('`').map((part, number) => (number % 2 ? element('code', {}, part) : part));

  /** The fields of an object, those of the objects in it beneath them. @param {Json} given @param {number} depth @returns {HTMLElement} */
  function fields(given, depth = 0) {
    const schema = resolved(given);
    const inner = schema.type === 'array' && schema.items ? resolved(schema.items) : (branches(schema)[0] ?? schema);
    const list = element('ul', { class: 'schema' });
    for (const [name, one] of Object.entries(resolved(inner).properties ?? {})) {
      const description = one.description ? prose(` — ${one.description}`) : [];
      const needed = resolved(inner).required?.includes(name) ? '' : ', optional';
      const item = element('li', {}, element('code', {}, name), ` ${kind(one)}${needed}`, element('span', { class: 'faint' }, ...description));
      const beneath = depth < MAX_DEPTH ? fields(one, depth + 1) : null;
      if (beneath?.childElementCount) item.append(beneath);
      list.append(item);
    }
    return list;
  }

  /** @param {Json} schema */
  const shown = (schema) => element('pre', {}, JSON.stringify(example(schema), null, 2));

  /** @param {Parameter[]} parameters */
  function parameterTable(parameters) {
    const head = element('tr', {}, ...['Name', 'In', 'Value', 'Meaning'].map((title) => element('th', { scope: 'col' }, title)));
    const rows = parameters.map((one) => element('tr', {},
      element('td', {}, element('code', {}, one.name), one.required ? ' (needed)' : ''),
      element('td', {}, one.in),
      element('td', {}, kind(one.schema)),
      element('td', {}, ...prose(one.description ?? ''))));
    return element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows));
  }

  /** The one media type of a body. @param {Json} content @returns {[string, Json] | undefined} */
  const onlyMedia = (content) => Object.entries(content ?? {})[0];

  /** @param {Json} body */
  function bodyPart(body) {
    const [type, media] = onlyMedia(body.content) ?? ['', {}];
    const json = type === 'application/json';
    return [
      element('h3', {}, `Body${body.required ? '' : ', optional'} `, element('code', {}, type)),
      fields(media.schema),
      ...(json ? [element('p', { class: 'faint' }, 'Example'), shown(media.schema)] : []),
    ];
  }

  /** @param {string} status @param {Json} answer */
  function answerPart(status, answer) {
    const [type, media] = onlyMedia(answer.content) ?? ['', {}];
    const headers = Object.keys(answer.headers ?? {});
    const part = element('details', { class: 'answer' },
      element('summary', {}, element('code', {}, status), ' ', ...prose(answer.description), headers.length ? ` (headers: ${headers.join(', ')})` : ''));
    if (type === 'application/json') part.append(fields(media.schema), element('p', { class: 'faint' }, 'Example'), shown(media.schema));
    return part;
  }

  // ---- Trying ----

  /** @param {Entry} entry @param {FormData} values */
  function address({ path, operation }, values) {
    const query = new URLSearchParams();
    let filled = path;
    for (const one of operation.parameters) {
      const value = String(values.get(one.name) ?? '');
      if (one.in === 'path') filled = filled.replace(`{${one.name}}`, encodeURIComponent(value));
      if (one.in === 'query' && value) query.set(one.name, value);
    }
    return query.size ? `${filled}?${query}` : filled;
  }

  /** @param {Entry} entry @param {FormData} values @returns {Record<string, string>} */
  function headersOf({ operation }, values) {
    const given = operation.parameters.filter((/** @type {Parameter} */ one) => one.in === 'header' && values.get(one.name));
    return Object.fromEntries(given.map((/** @type {Parameter} */ one) => [one.name, String(values.get(one.name))]));
  }

  /** @param {Response} answer */
  async function told(answer) {
    const text = await answer.text();
    const isJson = (answer.headers.get('Content-Type') ?? '').startsWith('application/json');
    const etag = answer.headers.get('ETag');
    const head = `${answer.status} ${answer.statusText}${etag ? `\nETag: ${etag}` : ''}`;
    return `${head}\n\n${isJson && text ? JSON.stringify(JSON.parse(text), null, 2) : text}`;
  }

  /** @param {Entry} entry */
  function tryForm(entry) {
    const form = /** @type {HTMLFormElement} */ (element('form', { class: 'try' }));
    for (const one of entry.operation.parameters) {
      const id = `${entry.operation.operationId}-${one.name}`;
      const input = element('input', { id, name: one.name, autocomplete: 'off', ...(one.required ? { required: '' } : {}) });
      form.append(element('label', { for: id }, one.name), input);
    }
    const output = element('pre', { hidden: '', role: 'status' });
    form.append(element('button', { type: 'submit' }, 'Try it'));
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      output.hidden = false;
      const values = new FormData(form);
      try {
        output.textContent = await told(await fetch(address(entry, values), { headers: headersOf(entry, values), cache: 'no-store' }));
      } catch (error) {
        output.textContent = `The server could not be reached: ${error}`;
      }
    });
    return [element('h3', {}, 'Try it'), form, output];
  }

  // ---- The page ----

  /** @param {Entry} entry */
  function operationPart(entry) {
    const { method, path, operation } = entry;
    const part = element('details', { class: 'operation', id: operation.operationId },
      element('summary', {},
        element('span', { class: `method ${method}` }, method),
        element('code', { class: 'path' }, path),
        element('span', {}, operation.summary)));
    if (operation.description) part.append(element('p', {}, ...prose(operation.description)));
    if (operation.parameters.length) part.append(element('h3', {}, 'Parameters'), parameterTable(operation.parameters));
    if (operation.requestBody) part.append(...bodyPart(operation.requestBody));
    part.append(element('h3', {}, 'Answers'));
    for (const [status, answer] of Object.entries(operation.responses)) part.append(answerPart(status, answer));
    if (method === 'get') part.append(...tryForm(entry));
    return part;
  }

  /** @param {Json} spec @returns {Entry[]} */
  function entriesOf(spec) {
    return Object.entries(spec.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method, path, operation })));
  }

  /** @param {string} id */
  const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

  /** @param {Json} spec */
  function show(spec) {
    schemas = spec.components.schemas;
    byId('about').textContent = `${spec.info.description} Version ${spec.info.version}.`;
    const entries = entriesOf(spec);
    const contents = element('ul');
    for (const tag of spec.tags) {
      const id = `tag-${tag.name.toLowerCase().replaceAll(' ', '-')}`;
      contents.append(element('li', {}, element('a', { href: `#${id}` }, tag.name)));
      const own = entries.filter(({ operation }) => operation.tags.includes(tag.name));
      byId('operations').append(element('section', {},
        element('h2', { id }, tag.name), element('p', {}, tag.description), ...own.map(operationPart)));
    }
    byId('contents').append(contents);
    byId('state').remove();
    openAddressed();
  }

  /** An operation that the address names is open and in view. */
  function openAddressed() {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target instanceof HTMLDetailsElement) target.open = true;
    if (target) target.scrollIntoView();
  }

  async function start() {
    try {
      const answer = await fetch(/** @type {HTMLAnchorElement} */ (byId('document')).href);
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      show(await answer.json());
    } catch (error) {
      byId('state').textContent = `The document could not be shown: ${error}. Reload the page to try again.`;
    }
  }

  start();
})();
