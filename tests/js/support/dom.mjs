/** As much of a DOM as the client touches. Markup from strings and style attributes throw, as a strict CSP would. */
class ClassList {
  #names = new Set();
  set(value) {
    this.#names = new Set(value.split(/\s+/).filter(Boolean));
  }
  get value() {
    return [...this.#names].join(' ');
  }
  contains = (name) => this.#names.has(name);
  add = (...names) => names.forEach((name) => this.#names.add(name));
  remove = (...names) => names.forEach((name) => this.#names.delete(name));
  toggle = (name, isOn) => (isOn ? this.add(name) : this.remove(name));
}

export class FakeElement extends EventTarget {
  parent = null;
  nodes = [];
  attributes = new Map();
  style = {};
  hidden = false;
  scrollTop = 0;
  clientHeight = 0;
  classList = new ClassList();
  writes = 0;

  constructor(tag) {
    super();
    this.tag = tag;
  }

  get id() {
    return this.getAttribute('id') ?? '';
  }
  set id(value) {
    this.setAttribute('id', value);
  }
  get className() {
    return this.classList.value;
  }
  set className(value) {
    this.classList.set(value);
  }
  get children() {
    return this.nodes.filter((node) => node instanceof FakeElement);
  }
  get firstElementChild() {
    return this.children[0] ?? null;
  }
  get lastElementChild() {
    return this.children.at(-1) ?? null;
  }
  get nextElementSibling() {
    const siblings = this.parent?.children ?? [];
    return siblings[siblings.indexOf(this) + 1] ?? null;
  }
  get isConnected() {
    return this.tag === 'body' || (this.parent?.isConnected ?? false);
  }
  get textContent() {
    return this.nodes.map((node) => (node instanceof FakeElement ? node.textContent : node)).join('');
  }
  set textContent(text) {
    this.writes += 1;
    this.replaceChildren(String(text));
  }
  set innerHTML(_) {
    throw new Error('innerHTML is not for hostile texts');
  }
  get dataset() {
    const attribute = (name) => `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return new Proxy(this, {
      get: (element, name) => element.attributes.get(attribute(name)),
      set: (element, name, value) => element.attributes.set(attribute(name), String(value)) && true,
    });
  }

  append(...nodes) {
    for (const node of nodes) {
      if (node instanceof FakeElement) node.adoptedBy(this);
      this.nodes.push(node);
    }
  }
  adoptedBy(parent) {
    this.remove();
    this.parent = parent;
  }
  after(...nodes) {
    const index = this.parent.nodes.indexOf(this);
    for (const node of nodes) node.adoptedBy(this.parent);
    this.parent.nodes.splice(index + 1, 0, ...nodes);
  }
  replaceChildren(...nodes) {
    for (const child of this.children) child.parent = null;
    this.nodes = [];
    this.append(...nodes);
  }
  remove() {
    if (this.parent) this.parent.nodes = this.parent.nodes.filter((node) => node !== this);
    this.parent = null;
  }
  setAttribute(name, value) {
    if (name === 'style') throw new Error('a strict CSP refuses style attributes');
    this.attributes.set(name, String(value));
  }
  getAttribute = (name) => this.attributes.get(name) ?? null;
  hasAttribute = (name) => this.attributes.has(name);

  closest(selector) {
    return this.matches(selector) ? this : (this.parent?.closest(selector) ?? null);
  }
  focus() {
    this.root.activeElement = this;
  }
  get root() {
    return this.parent?.root ?? this;
  }
  click() {
    if (!this.hidden) this.dispatchEvent(new Event('click'));
  }

  querySelectorAll(selector) {
    return this.children.flatMap((child) => [...(child.matches(selector) ? [child] : []), ...child.querySelectorAll(selector)]);
  }
  querySelector(selector) {
    return this.querySelectorAll(selector)[0] ?? null;
  }
  matches(selector) {
    const [, tag] = /^(\w*)/.exec(selector);
    const classes = [...selector.matchAll(/\.([\w-]+)/g)].map((match) => match[1]);
    const attributes = [...selector.matchAll(/\[([\w-]+)(?:="([^"]*)")?\]/g)];
    return (
      (!tag || tag === this.tag) &&
      classes.every((name) => this.classList.contains(name)) &&
      attributes.every(([, name, value]) => this.hasAttribute(name) && (value === undefined || this.getAttribute(name) === value))
    );
  }
  dispatchEvent(event) {
    super.dispatchEvent(event);
    if (event.bubbles) this.parent?.dispatchEvent(event);
    return true;
  }
}

export class FakeDocument extends FakeElement {
  readyState = 'loading';
  title = 'Library';
  activeElement = null;
  documentElement = new FakeElement('html');
  body = new FakeElement('body');
  constructor() {
    super('document');
    this.append(this.documentElement);
    this.documentElement.append(this.body);
  }
  createElement = (tag) => new FakeElement(tag);
  getElementById = (id) => this.querySelectorAll(`[id="${id}"]`)[0] ?? null;
}

/** Builds an element: `build('div', {class: 'a', 'data-x': 'y'}, child…)`. */
export function build(tag, attributes = {}, ...children) {
  const element = new FakeElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'class') element.className = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}
