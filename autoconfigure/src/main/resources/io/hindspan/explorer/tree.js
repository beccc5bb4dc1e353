// A trace's spans as a tree. Nothing here recurses: a trace may be thousands of spans deep, and its parents may go in circles.

import { textOf } from './dom.js';

export function buildTree(spans) {
	const byId = new Map();
	const nodes = [];
	for (const span of spans) {
		const node = { span, children: [], parent: undefined, depth: 0, size: 1, self: span.duration };
		nodes.push(node);
		if (!byId.has(span.spanId)) {
			byId.set(span.spanId, node);
		}
	}
	const roots = [];
	for (const node of nodes) {
		const parent = node.span.parentId === undefined ? undefined : byId.get(node.span.parentId);
		if (parent && parent !== node) {
			node.parent = parent;
			parent.children.push(node);
		}
		else {
			roots.push(node);
		}
	}
	const order = [];
	const seen = new Set();
	const visit = (root) => {
		const stack = [root];
		while (stack.length > 0) {
			const node = stack.pop();
			if (!seen.has(node)) {
				seen.add(node);
				order.push(node);
				for (let i = node.children.length - 1; i >= 0; i--) {
					node.children[i].depth = node.depth + 1;
					stack.push(node.children[i]);
				}
			}
		}
	};
	roots.forEach(visit);
	for (const node of nodes) {
		// What no root leads to is a circle of parents: it is cut at its first span.
		if (!seen.has(node)) {
			node.parent.children.splice(node.parent.children.indexOf(node), 1);
			node.parent = undefined;
			node.depth = 0;
			roots.push(node);
			visit(node);
		}
	}
	for (let i = order.length - 1; i >= 0; i--) {
		const node = order[i];
		if (node.parent) {
			node.parent.size += node.size;
		}
		node.self = selfTime(node);
	}
	return { byId, order, roots };
}

/** The time in which a span ran and none of its children did. */
function selfTime({ span, children }) {
	const end = span.start + span.duration;
	let covered = 0;
	let reached = span.start;
	for (const { span: child } of children) {
		const from = Math.max(child.start, reached);
		const to = Math.min(child.start + child.duration, end);
		if (to > from) {
			covered += to - from;
			reached = to;
		}
	}
	return Math.max(0, span.duration - covered);
}

/** The nodes that are to be seen, those beneath collapsed ones left out. */
export function visible(order, collapsed) {
	const found = [];
	for (let i = 0; i < order.length; i++) {
		found.push(order[i]);
		if (collapsed.has(order[i].span.spanId)) {
			i += order[i].size - 1;
		}
	}
	return found;
}

const SEARCHED = 20_000;

/** Whether a span has a text in its name, service, attributes or events. */
export function contains(span, text) {
	const has = (value) => textOf(value).slice(0, SEARCHED).toLowerCase().includes(text);
	const among = (attributes) => Object.entries(attributes ?? {}).some(([name, value]) => has(name) || has(value) || has(`${name.slice(0, 200)}=${value}`));
	return has(span.name) || has(span.service) || has(span.spanId) || has(span.statusMessage ?? '') || among(span.attributes)
		|| (span.events ?? []).some((event) => has(event.name) || among(event.attributes));
}
