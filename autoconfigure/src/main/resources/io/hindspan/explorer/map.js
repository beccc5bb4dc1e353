// Who calls whom: services in layers, callers to the left, the same picture for the same calls.

import { api } from './api.js';
import { foreign, h, plain, svg } from './dom.js';
import { colour, count, duration, percent, plural, rate } from './format.js';
import { condition, ERRORS } from './query.js';

const WIDTH = 190;

const HEIGHT = 58;

const ACROSS = 150;

const DOWN = 46;

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

	/** Where a call is to be found: in traces that have both services, or the caller and what it calls. */
	callAddress(call, known, ...more) {
		if (known.has(call.to)) {
			return this.address(condition('service', call.from), condition('service', call.to), ...more);
		}
		const key = { db: 'db.system.name', cache: 'db.system.name', messaging: 'messaging.system' }[call.kind] ?? 'server.address';
		return this.address(condition('service', call.from), condition(key, call.to), ...more);
	}

	render({ services, calls, seconds }) {
		if (services.length === 0 && calls.length === 0) {
			this.tables.replaceChildren();
			this.picture.replaceChildren(h('div', { class: 'empty' }, h('h2', {}, 'No service has been seen'), h('p', {}, 'Requests of the chosen time make this picture. Ask for a longer one, or make a request.')));
			return;
		}
		const known = new Map(services.map((service) => [service.name, service]));
		const places = layout(services, calls);
		const layers = Math.max(...[...places.values()].map((place) => place.layer)) + 1;
		const deepest = Math.max(...[...places.values()].map((place) => place.y)) + HEIGHT;
		const width = layers * WIDTH + (layers - 1) * ACROSS;
		const drawing = svg('svg', { class: 'map', viewBox: `-12 -28 ${width + 24} ${deepest + 56}`, width: width + 24, height: deepest + 56, role: 'group', 'aria-label': `${plural(services.length, 'service')}, ${plural(calls.length, 'connection')}` });
		const busiest = Math.max(...calls.map((call) => call.calls), 1);
		const pairs = new Map();
		const labels = [];
		for (const call of [...calls].sort((one, other) => compare(one.kind, other.kind))) {
			const pair = `${call.from}\n${call.to}`;
			const nth = pairs.get(pair) ?? 0;
			pairs.set(pair, nth + 1);
			const [edge, label] = this.edge(call, places.get(call.from), places.get(call.to), nth, busiest, known);
			drawing.append(edge);
			labels.push(label);
		}
		drawing.append(...labels);
		for (const [name, place] of places) {
			drawing.append(this.node(name, place, known.get(name), calls));
		}
		this.picture.replaceChildren(drawing);
		this.renderTables(services, calls, known, seconds);
	}

	edge(call, from, to, nth, busiest, known) {
		const back = to.layer <= from.layer;
		const spread = nth * 24;
		const y1 = from.y + HEIGHT / 2 + spread / 3;
		const y2 = to.y + HEIGHT / 2 + spread / 3;
		const x1 = back ? from.x + WIDTH / 2 : from.x + WIDTH;
		const x2 = back ? to.x + WIDTH / 2 : to.x;
		const path = back ? `M${x1} ${from.y + HEIGHT} C${x1} ${Math.max(from.y, to.y) + HEIGHT + 60}, ${x2} ${Math.max(from.y, to.y) + HEIGHT + 60}, ${x2} ${to.y + HEIGHT + 4}`
			: `M${x1} ${y1} C${x1 + ACROSS * 0.55} ${y1 + spread}, ${x2 - ACROSS * 0.55} ${y2 + spread}, ${x2 - 5} ${y2}`;
		const share = call.calls > 0 ? call.errors / call.calls : 0;
		const about = `${plain(call.from, 60)} calls ${plain(call.to, 60)} (${KINDS[call.kind] ?? 'other'}): ${rate(call.rate)}, p95 ${duration(call.p95)}, ${plural(call.errors, 'error')}`;
		const line = svg('path', { d: path, class: 'edge-line', 'stroke-width': (1 + 3 * Math.sqrt(call.calls / busiest)).toFixed(2) });
		const tip = back ? `M${x2 - 4} ${to.y + HEIGHT + 9} L${x2} ${to.y + HEIGHT + 1} L${x2 + 4} ${to.y + HEIGHT + 9}` : `M${x2 - 9} ${y2 - 4} L${x2 - 1} ${y2} L${x2 - 9} ${y2 + 4}`;
		const state = share > 0 ? 'edge failing' : 'edge';
		const link = svg('a', { class: state, href: this.callAddress(call, known), 'aria-label': about, 'data-kind': call.kind }, svg('title', {}, ), svg('path', { d: path, class: 'edge-hit' }), line, svg('path', { d: tip, class: 'edge-tip' }));
		link.firstChild.textContent = about;
		const at = labelPlace(back, from, to, x1, x2, y1, y2, spread);
		const text = svg('text', { class: state === 'edge' ? 'edge-text' : 'edge-text failing', x: at.x, y: at.y, 'text-anchor': 'middle', 'aria-hidden': 'true' });
		text.textContent = `${rate(call.rate)} · ${duration(call.p95)}${share > 0 ? ` · ${percent(share)} fail` : ''}`;
		return [link, text];
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
			h('table', {}, h('caption', {}, 'Services', seconds > 0 && h('span', { class: 'quiet' }, ` over ${duration(seconds * 1e9)}`)), heads('Service', 'Rate', 'Requests', 'Errors', 'Median', 'p95'),
				h('tbody', {}, services.map((service) => h('tr', {}, h('th', { scope: 'row' }, h('i', { class: `dot ${colour(service.name)}` }), h('a', { href: this.address(condition('service', service.name)) }, foreign(service.name, 80))),
					number(rate(service.rate)), number(count(service.requests)), h('td', { class: service.errors > 0 ? 'number bad' : 'number' }, service.errors > 0 ? h('a', { href: this.address(condition('service', service.name), ERRORS) }, `${count(service.errors)} (${percent(service.errors / service.requests)})`) : '0'),
					number(duration(service.median)), number(duration(service.p95)))))),
			h('table', {}, h('caption', {}, 'Calls'), heads('From', 'To', 'By', 'Rate', 'Calls', 'Errors', 'Median', 'p95'),
				h('tbody', {}, calls.map((call) => h('tr', {}, h('th', { scope: 'row' }, foreign(call.from, 60)), h('td', {}, h('a', { href: this.callAddress(call, known) }, foreign(call.to, 60))), h('td', {}, KINDS[call.kind] ?? 'other'),
					number(rate(call.rate)), number(count(call.calls)), number(call.errors > 0 ? `${count(call.errors)} (${percent(call.errors / call.calls)})` : '0', call.errors > 0 && 'bad'), number(duration(call.median)), number(duration(call.p95)))))));
	}

}

const compare = (one, other) => one < other ? -1 : one > other ? 1 : 0;

const shorten = (name) => name.length > 22 ? `${name.slice(0, 21)}…` : name;

function labelPlace(back, from, to, x1, x2, y1, y2, spread) {
	if (back) {
		return { x: (x1 + x2) / 2, y: Math.max(from.y, to.y) + HEIGHT + 50 };
	}
	if (to.layer - from.layer > 1) {
		// A long way: where it leaves, so that it does not lie on what is between.
		return { x: x2 - ACROSS / 2, y: y2 + spread * 0.7 - 7 + (y1 - y2) * 0.1 };
	}
	return { x: (x1 + x2) / 2, y: (y1 + y2) / 2 + spread * 0.75 - 6 };
}

/** Layers by the longest way from a service that nobody calls; within a layer near to those that call. */
export function layout(services, calls) {
	const names = [...new Set([...services.map((service) => service.name), ...calls.flatMap((call) => [call.from, call.to])])].sort(compare);
	const out = new Map(names.map((name) => [name, new Set()]));
	calls.forEach((call) => call.from !== call.to && out.get(call.from).add(call.to));
	const called = new Set(calls.filter((call) => call.from !== call.to).map((call) => call.to));
	// Ways that close a circle do not count for layers.
	const state = new Map();
	const forward = [];
	const orderly = [...names.filter((name) => !called.has(name)), ...names.filter((name) => called.has(name))];
	for (const start of orderly) {
		const stack = state.has(start) ? [] : [[start, [...out.get(start)].sort(compare)]];
		state.set(start, state.get(start) ?? 'open');
		while (stack.length > 0) {
			const [name, rest] = stack.at(-1);
			const next = rest.shift();
			if (next === undefined) {
				state.set(name, 'done');
				stack.pop();
			}
			else if (state.get(next) !== 'open') {
				forward.push([name, next]);
				if (!state.has(next)) {
					state.set(next, 'open');
					stack.push([next, [...out.get(next)].sort(compare)]);
				}
			}
		}
	}
	const layer = new Map(names.map((name) => [name, 0]));
	for (let i = 0, changed = true; changed && i <= names.length; i++) {
		changed = false;
		for (const [from, to] of forward) {
			if (layer.get(to) < layer.get(from) + 1) {
				layer.set(to, layer.get(from) + 1);
				changed = true;
			}
		}
	}
	const columns = [];
	for (const name of names) {
		(columns[layer.get(name)] ??= []).push(name);
	}
	const places = new Map();
	const tallest = Math.max(...columns.map((column) => column?.length ?? 0));
	columns.forEach((column, x) => {
		const weight = (name) => {
			const above = forward.filter(([, to]) => to === name).map(([from]) => places.get(from)?.y ?? 0);
			return above.length > 0 ? above.reduce((sum, y) => sum + y, 0) / above.length : 0;
		};
		const sorted = [...column].sort((one, other) => weight(one) - weight(other) || compare(one, other));
		const shift = (tallest - sorted.length) * (HEIGHT + DOWN) / 2;
		sorted.forEach((name, y) => places.set(name, { layer: x, x: x * (WIDTH + ACROSS), y: shift + y * (HEIGHT + DOWN) }));
	});
	return places;
}
