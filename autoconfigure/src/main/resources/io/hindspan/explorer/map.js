// Who calls whom: services in layers, callers to the left, the same picture for the same calls.

import { api } from './api.js';
import { foreign, h, plain, svg } from './dom.js';
import { colour, count, duration, percent, plural, rate } from './format.js';
import { condition } from './query.js';

const WIDTH = 190;

const HEIGHT = 58;

const ACROSS = 176;

const DOWN = 42;

const KINDS = { http: 'HTTP', rpc: 'RPC', messaging: 'messages', db: 'database', cache: 'cache', other: 'other' };

const RANGES = [['5m', 'Last 5 minutes'], ['15m', 'Last 15 minutes'], ['1h', 'Last hour'], ['24h', 'Last day'], ['', 'Any time']];

export class MapView {

	title = 'Services';

	constructor(app) {
		this.app = app;
		this.range = h('select', { 'aria-label': 'Time range', onchange: () => app.go('/services', { from: this.range.value || 'all' }) }, RANGES.map(([value, label]) => h('option', { value }, label)));
		this.picture = h('div', { class: 'map-picture' });
		this.tables = h('div', { class: 'map-tables' });
		this.element = h('section', { class: 'map-view', 'aria-label': 'Services' }, h('header', { class: 'map-head' }, h('h1', {}, 'Services'), h('span', { class: 'spacer' }), this.range), this.picture, this.tables);
	}

	async show(parameters) {
		const asked = parameters.get('from') ?? '15m';
		this.from = asked === 'all' ? '' : asked;
		this.range.value = this.from;
		this.shownAt = performance.now();
		const found = await api.services(this.from);
		const key = JSON.stringify(found);
		if (key !== this.shown) {
			this.shown = key;
			this.render(found);
		}
	}

	onStatus(status) {
		if (status.revision !== this.revision && performance.now() - (this.shownAt ?? 0) > 4000) {
			this.revision = status.revision;
			this.show(new URLSearchParams({ from: this.from === '' ? 'all' : this.from })).catch((problem) => this.app.lost(problem));
		}
	}

	address(...terms) {
		return `#/?${new URLSearchParams({ q: terms.filter(Boolean).join(' '), ...(this.from ? { from: this.from } : {}) })}`;
	}

	/** Where a call is to be found: in traces that have both services, or where the caller asks for what it calls. */
	callAddress(call, known) {
		if (known.has(call.to)) {
			return this.address(`{${condition('service', call.from)}}`, `{${condition('service', call.to)}}`);
		}
		const key = { db: 'db.system.name', cache: 'db.system.name', messaging: 'messaging.system' }[call.kind];
		const [, host, port] = /^(.+):(\d+)$/.exec(call.to) ?? [];
		return this.address(condition('service', call.from), key ? condition(key, call.to)
			: port ? `${condition('server.address', host)} ${condition('server.port', port)}`
				: `(${['server.address', 'service.peer.name', 'peer.service', 'name'].map((name) => condition(name, call.to)).join(' OR ')})`);
	}

	render({ services, calls, seconds }) {
		if (services.length === 0 && calls.length === 0) {
			this.tables.replaceChildren();
			this.picture.replaceChildren(h('div', { class: 'empty' }, h('h2', {}, 'No service has been seen'), h('p', {}, 'Requests of the chosen time make this picture. Ask for a longer one, or make a request.')));
			return;
		}
		const known = new Map(services.map((service) => [service.name, service]));
		const { places, edges, width, height } = layout(services, calls);
		const drawing = svg('svg', { class: 'map', viewBox: `-12 -12 ${width + 24} ${height + 24}`, width: width + 24, height: height + 24, role: 'group', 'aria-label': `${plural(services.length, 'service')}, ${plural(edges.length, 'connection')}` });
		const busiest = Math.max(...edges.map((edge) => sum(edge.calls, 'calls')), 1);
		const taken = [...places.values()].map((place) => [place.x - 4, place.y - 4, WIDTH + 8, HEIGHT + 8]);
		const labels = [];
		for (const edge of edges) {
			const [link, label] = this.edge(edge, busiest, known, taken);
			drawing.append(link);
			labels.push(label);
		}
		drawing.append(...labels);
		for (const [name, place] of places) {
			drawing.append(this.node(name, place, known.get(name), calls));
		}
		drawing.style.maxWidth = `${width + 24}px`;
		this.picture.replaceChildren(drawing);
		this.renderTables(services, calls, known, seconds);
	}

	edge({ calls, points }, busiest, known, taken) {
		const path = curve(points);
		const number = sum(calls, 'calls');
		const errors = sum(calls, 'errors');
		const p95 = Math.max(...calls.map((call) => call.p95));
		const about = calls.map((call) => `${plain(call.from, 60)} calls ${plain(call.to, 60)} (${KINDS[call.kind] ?? 'other'}): ${rate(call.rate)}, p95 ${duration(call.p95)}, ${plural(call.errors, 'error')}`).join('\n');
		const line = svg('path', { d: path, class: 'edge-line', 'stroke-width': (1.2 + 2.8 * Math.sqrt(number / busiest)).toFixed(2) });
		const [x, y] = points.at(-1);
		const tip = points.up ? `M${x - 4} ${y + 8} L${x} ${y + 1} L${x + 4} ${y + 8}` : `M${x - 8} ${y - 4} L${x - 1} ${y} L${x - 8} ${y + 4}`;
		const link = svg('a', { class: errors > 0 ? 'edge failing' : 'edge', href: this.callAddress(calls[0], known), 'aria-label': about },
			svg('title', {}), svg('path', { d: path, class: 'edge-hit' }), line, svg('path', { d: tip, class: 'edge-tip' }));
		link.firstChild.textContent = about;
		const label = `${rate(sum(calls, 'rate'))} · ${duration(p95)}${errors > 0 ? ` · ${percent(errors / number)} fail` : ''}`;
		const at = freePlace(points, label.length * 5.7 + 10, taken);
		const text = svg('text', { x: at[0].toFixed(1), y: (at[1] + 4).toFixed(1), 'text-anchor': 'middle' });
		text.textContent = label;
		const width = label.length * 5.7 + 4;
		return [link, svg('g', { class: errors > 0 ? 'edge-text failing' : 'edge-text', 'aria-hidden': 'true' },
			svg('rect', { x: (at[0] - width / 2).toFixed(1), y: (at[1] - 8).toFixed(1), width: width.toFixed(1), height: 16, rx: 3 }), text)];
	}

	node(name, place, service, calls) {
		const incoming = calls.filter((call) => call.to === name);
		const failing = service ? service.errors > 0 : incoming.some((call) => call.errors > 0);
		const text = (value, y, kind) => {
			const element = svg('text', { x: place.x + 16, y: place.y + y, class: kind });
			element.textContent = value;
			return element;
		};
		const first = service ? `${rate(service.rate)} · p95 ${duration(service.p95)}` : KINDS[incoming[0]?.kind] ?? 'other';
		const about = `${plain(name, 80)}: ${service ? `${plural(service.requests, 'request')}, ${plural(service.errors, 'error')}, median ${duration(service.median)}` : first}`;
		const target = service ? this.address(condition('service', name)) : this.callAddress(incoming[0] ?? { from: name, to: name, kind: 'other' }, new Map());
		const link = svg('a', { class: service ? 'node' : 'node outside', href: target, 'aria-label': about },
			svg('title', {}), svg('rect', { x: place.x, y: place.y, width: WIDTH, height: HEIGHT, rx: 8, class: 'node-box' }),
			service ? svg('rect', { x: place.x + 6, y: place.y + 10, width: 4, height: HEIGHT - 20, rx: 2, class: `node-mark ${colour(name)}` }) : svg('circle', { cx: place.x + 8, cy: place.y + HEIGHT / 2, r: 2.5, class: 'node-mark' }),
			text(shorten(plain(name, 80)), 25, 'node-name'), text(first, 43, 'node-figures'));
		if (failing && service) {
			const errors = svg('text', { x: place.x + WIDTH - 12, y: place.y + 43, class: 'node-errors', 'text-anchor': 'end' });
			errors.textContent = percent(service.errors / Math.max(1, service.requests));
			link.append(errors);
		}
		link.firstChild.textContent = about;
		return link;
	}

	renderTables(services, calls, known, seconds) {
		const number = (value, state) => h('td', { class: state ? `number ${state}` : 'number' }, value);
		const heads = (...names) => h('thead', {}, h('tr', {}, names.map((name, i) => h('th', { scope: 'col', class: i > 0 && !['To', 'By'].includes(name) ? 'number' : '' }, name))));
		this.tables.replaceChildren(
			h('table', {}, h('caption', {}, 'Services', seconds > 0 && h('span', { class: 'quiet' }, `, ${this.range.selectedOptions[0].textContent.toLowerCase()}`)), heads('Service', 'Rate', 'Requests', 'Errors', 'Median', 'p95'),
				h('tbody', {}, services.map((service) => h('tr', {}, h('th', { scope: 'row' }, h('i', { class: `dot ${colour(service.name)}` }), h('a', { href: this.address(condition('service', service.name)) }, foreign(service.name, 80))),
					number(rate(service.rate)), number(count(service.requests)), h('td', { class: service.errors > 0 ? 'number bad' : 'number' }, service.errors > 0 ? h('a', { href: this.address(condition('service', service.name), 'status=error') }, `${count(service.errors)} (${percent(service.errors / service.requests)})`) : '0'),
					number(duration(service.median)), number(duration(service.p95)))))),
			h('table', {}, h('caption', {}, 'Calls'), heads('From', 'To', 'By', 'Rate', 'Calls', 'Errors', 'Median', 'p95'),
				h('tbody', {}, calls.map((call) => h('tr', {}, h('th', { scope: 'row' }, foreign(call.from, 60)), h('td', {}, h('a', { href: this.callAddress(call, known) }, foreign(call.to, 60))), h('td', {}, KINDS[call.kind] ?? 'other'),
					number(rate(call.rate)), number(count(call.calls)), number(call.errors > 0 ? `${count(call.errors)} (${percent(call.errors / call.calls)})` : '0', call.errors > 0 && 'bad'), number(duration(call.median)), number(duration(call.p95)))))));
	}

}

const compare = (one, other) => one < other ? -1 : one > other ? 1 : 0;

const shorten = (name) => name.length > 22 ? `${name.slice(0, 21)}…` : name;

const sum = (calls, name) => calls.reduce((total, call) => total + call[name], 0);

/** A smooth line through points. */
function curve(points) {
	let path = `M${points[0][0]} ${points[0][1].toFixed(1)}`;
	for (let i = 1; i < points.length; i++) {
		const [x1, y1] = points[i - 1];
		const [x2, y2] = points[i];
		const [a, b] = points.up ? [[x1, y1 + (i === 1 ? 40 : 0)], [x2, y2 + (i === 1 ? 0 : 40)]] : [[(x1 + x2) / 2, y1], [(x1 + x2) / 2, y2]];
		path += ` C${a[0].toFixed(1)} ${a[1].toFixed(1)}, ${b[0].toFixed(1)} ${b[1].toFixed(1)}, ${x2.toFixed(1)} ${y2.toFixed(1)}`;
	}
	return path;
}

/** A place for a label on a line where there is no other label and no box, if there is one. */
function freePlace(points, width, taken) {
	let best;
	const parts = points.length - 1;
	for (const along of [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82]) {
		for (let part = 0; part < parts; part++) {
			const [x1, y1] = points[part];
			const [x2, y2] = points[part + 1];
			const ease = along * along * (3 - 2 * along);
			const at = [x1 + (x2 - x1) * along, points.up ? Math.max(y1, y2) + 14 : y1 + (y2 - y1) * ease];
			const box = [at[0] - width / 2, at[1] - 8, width, 16];
			const overlap = taken.reduce((total, other) => total + Math.max(0, Math.min(box[0] + box[2], other[0] + other[2]) - Math.max(box[0], other[0]))
				* Math.max(0, Math.min(box[1] + box[3], other[1] + other[3]) - Math.max(box[1], other[1])), 0);
			if (best === undefined || overlap < best.overlap) {
				best = { overlap, at, box };
			}
		}
	}
	taken.push(best.box);
	return best.at;
}

/**
 * Layers by the longest way from a service that nobody calls. A call over several layers has a place in each of them,
 * so that its line does not run through a service; within a layer all are near to what they belong to.
 */
export function layout(services, calls) {
	const names = [...new Set([...services.map((service) => service.name), ...calls.flatMap((call) => [call.from, call.to])])].sort(compare);
	const pairs = new Map();
	for (const call of calls) {
		if (call.from !== call.to) {
			const key = `${call.from}\n${call.to}`;
			pairs.set(key, [...pairs.get(key) ?? [], call].sort((one, other) => compare(one.kind, other.kind)));
		}
	}
	const ways = [...pairs.values()].sort((one, other) => compare(one[0].from, other[0].from) || compare(one[0].to, other[0].to));
	const layer = layers(names, ways.map(([call]) => [call.from, call.to]));
	const columns = [];
	const place = (item) => {
		(columns[item.layer] ??= []).push(item);
		return item;
	};
	const boxes = new Map(names.map((name) => [name, place({ name, layer: layer.get(name), height: HEIGHT, near: [] })]));
	const edges = ways.map((edge) => {
		const [from, to] = [boxes.get(edge[0].from), boxes.get(edge[0].to)];
		const through = [];
		for (let between = from.layer + 1; between < to.layer; between++) {
			through.push(place({ name: `${from.name}\n${to.name}`, layer: between, height: 6, near: [] }));
		}
		const items = [from, ...through, to];
		if (to.layer > from.layer) {
			items.slice(1).forEach((item, i) => {
				item.near.push(items[i]);
				items[i].near.push(item);
			});
		}
		return { calls: edge, items };
	});
	arrange(columns);
	for (const item of columns.flat()) {
		item.x = item.layer * (WIDTH + ACROSS);
	}
	const ports = (side, other) => {
		for (const box of boxes.values()) {
			const own = edges.filter((edge) => forward(edge) && edge.items.at(side) === box);
			own.sort((one, another) => one.items.at(other).y - another.items.at(other).y);
			own.forEach((edge, i) => {
				edge[side === 0 ? 'leaves' : 'arrives'] = box.y + HEIGHT / 2 + (i - (own.length - 1) / 2) * Math.min(13, (HEIGHT - 16) / Math.max(1, own.length - 1));
			});
		}
	};
	ports(0, 1);
	ports(-1, -2);
	let lowest = Math.max(...columns.flat().map((item) => item.y + item.height));
	for (const edge of edges) {
		const [from, to] = [edge.items[0], edge.items.at(-1)];
		if (forward(edge)) {
			edge.points = [[from.x + WIDTH, edge.leaves], ...edge.items.slice(1, -1).flatMap((item) => [[item.x, item.y + 3], [item.x + WIDTH, item.y + 3]]), [to.x, edge.arrives]];
		}
		else {
			const below = Math.max(...columns.flat().filter((item) => item.layer >= to.layer && item.layer <= from.layer).map((item) => item.y + item.height)) + 26;
			edge.points = [[from.x + WIDTH * 0.6, from.y + HEIGHT], [(from.x + to.x + WIDTH) / 2, below], [to.x + WIDTH * 0.4, to.y + HEIGHT]];
			edge.points.up = true;
			lowest = Math.max(lowest, below + 40);
		}
	}
	return { places: boxes, edges, width: columns.length * (WIDTH + ACROSS) - ACROSS, height: lowest };
}

const forward = (edge) => edge.items.at(-1).layer > edge.items[0].layer;

/** Calls that close a circle do not count for layers. */
function layers(names, ways) {
	const out = new Map(names.map((name) => [name, ways.filter(([from]) => from === name).map(([, to]) => to)]));
	const called = new Set(ways.map(([, to]) => to));
	const state = new Map();
	const kept = [];
	for (const start of [...names.filter((name) => !called.has(name)), ...names.filter((name) => called.has(name))]) {
		const stack = state.has(start) ? [] : [[start, [...out.get(start)]]];
		state.set(start, state.get(start) ?? 'open');
		while (stack.length > 0) {
			const [name, rest] = stack.at(-1);
			const next = rest.shift();
			if (next === undefined) {
				state.set(name, 'done');
				stack.pop();
			}
			else if (state.get(next) !== 'open') {
				kept.push([name, next]);
				if (!state.has(next)) {
					state.set(next, 'open');
					stack.push([next, [...out.get(next)]]);
				}
			}
		}
	}
	const layer = new Map(names.map((name) => [name, 0]));
	for (let i = 0, changed = true; changed && i <= names.length; i++) {
		changed = false;
		for (const [from, to] of kept) {
			if (layer.get(to) < layer.get(from) + 1) {
				layer.set(to, layer.get(from) + 1);
				changed = true;
			}
		}
	}
	return layer;
}

/** Orders each layer by the middle of what its members are connected with, to and fro, and spreads it evenly. */
function arrange(columns) {
	const spread = () => {
		const heights = columns.map((column) => column.reduce((total, item) => total + item.height + DOWN, -DOWN));
		const tallest = Math.max(...heights);
		columns.forEach((column, i) => {
			let y = (tallest - heights[i]) / 2;
			for (const item of column) {
				item.y = y;
				y += item.height + DOWN;
			}
		});
	};
	spread();
	const middle = (item, side) => {
		const near = item.near.filter((other) => side === 0 || (other.layer - item.layer) * side > 0);
		return near.length > 0 ? near.reduce((total, other) => total + other.y + other.height / 2, 0) / near.length : item.y + item.height / 2;
	};
	for (let sweep = 0; sweep < 8; sweep++) {
		const side = sweep % 2 === 0 ? -1 : 1;
		const ordered = side < 0 ? columns : [...columns].reverse();
		for (const column of ordered) {
			const weights = new Map(column.map((item) => [item, middle(item, side)]));
			column.sort((one, other) => weights.get(one) - weights.get(other) || compare(one.name, other.name));
			spread();
		}
	}
}
