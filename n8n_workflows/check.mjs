// Holds the workflow against n8n's own packages, and writes down what tests need to know of its nodes.
//
//   mkdir /tmp/n8n && cd /tmp/n8n && npm install --ignore-scripts n8n-workflow n8n-nodes-base
//   node n8n_workflows/check.mjs /tmp/n8n
//
// The packages are too large for every set-up (over 150 MB) and not under a free licence, so they are no dependency:
// tests/js/n8n_workflow.test.mjs uses what this writes, the names and allowed values of the parameters.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const HERE = import.meta.dirname;
const packages = path.resolve(process.argv[2] ?? '.');
const load = createRequire(path.join(packages, 'index.js'));
const { NodeHelpers, Workflow } = load('n8n-workflow');
const json = (file) => JSON.parse(readFileSync(file, 'utf8'));
const release = json(path.join(packages, 'node_modules/n8n-nodes-base/package.json')).version;
const descriptions = json(path.join(packages, 'node_modules/n8n-nodes-base/dist/types/nodes.json'));
const flow = json(path.join(HERE, 'async_processing_workflow.json'));

const describe = (type, version) =>
  descriptions.find((each) => `n8n-nodes-base.${each.name}` === type && [each.version].flat().includes(version));

/** What n8n would say of a node's parameters, and what it would silently leave out. */
function troubles(node) {
  const known = describe(node.type, node.typeVersion);
  if (!known) return [`there is no ${node.type} ${node.typeVersion}`];
  const read = NodeHelpers.getNodeParameters(known.properties, node.parameters, true, false, node, known);
  const issues = NodeHelpers.getNodeParametersIssues(known.properties, { ...node, parameters: read }, known);
  return [...lost(node.parameters, read), ...(issues ? [JSON.stringify(issues)] : [])];
}

function lost(given, read, at = '') {
  return Object.entries(given).flatMap(([name, value]) => {
    const place = at ? `${at}.${name}` : name;
    if (!read || !(name in read)) return [`there is no parameter ${place}`];
    if (value && typeof value === 'object') return lost(value, read[name], place);
    return value === read[name] ? [] : [`${place} is read as ${read[name]}`];
  });
}

/** The places of a node's parameters, each with the values that it may have where those are listed. */
function places(properties, version, at = '') {
  const found = {};
  for (const property of properties.filter((each) => fits(each, version))) {
    const place = at ? `${at}.${property.name}` : property.name;
    const values = property.type === 'options' && (property.options ?? []).map((option) => option.value);
    found[place] = values ? [...new Set([...(found[place] ?? []), ...values])] : (found[place] ?? null);
    if (!['collection', 'fixedCollection'].includes(property.type)) continue;
    for (const option of property.options ?? []) {
      const inside = option.values ? places(option.values, version, `${place}.${option.name}`) : places([option], version, place);
      Object.assign(found, option.values ? { [`${place}.${option.name}`]: null } : {}, inside);
    }
  }
  return found;
}

function fits(property, version) {
  const { show, hide } = property.displayOptions ?? {};
  const names = (listed) => (listed ?? []).some((each) => each === version);
  if (show?.['@tool'] || property.type === 'notice' || property.type === 'curlImport') return false;
  const plain = (show?.['@version'] ?? []).every((each) => typeof each === 'number');
  return !(show?.['@version'] && plain && !names(show['@version'])) && !names(hide?.['@version']);
}

const used = [...new Set(flow.nodes.map((node) => `${node.type}@${node.typeVersion}`))].sort();
const extract = used.map((name) => {
  const [type, version] = name.split('@');
  const known = describe(type, Number(version));
  if (!known) throw new Error(`n8n-nodes-base ${release} has no ${name}`);
  return [name, { outputs: known.outputs.length, inputs: known.inputs.length, parameters: places(known.properties, Number(version)) }];
});
const found = flow.nodes.flatMap((node) => troubles(node).map((trouble) => `${node.name}: ${trouble}`));
new Workflow({
  nodes: flow.nodes,
  connections: flow.connections,
  active: false,
  nodeTypes: { getByNameAndVersion: (type, version) => ({ description: describe(type, version) }) },
});
writeFileSync(path.join(HERE, 'nodes.json'), `${JSON.stringify({ release, nodes: Object.fromEntries(extract) }, null, 1)}\n`);
console.log(found.length ? found.join('\n') : `n8n-nodes-base ${release} takes all ${flow.nodes.length} nodes as they are.`);
process.exitCode = found.length ? 1 : 0;
