// A trace's spans over time, as a tree grid. Only the rows in view are elements, so that thousands stay fast.

import { foreign, h, icon, plain } from './dom.js';
import { colour, duration } from './format.js';
import { buildTree, visible } from './tree.js';

const OVERSCAN = 8;

const TICKS = 60;

const INDENT = 14;

const DEEPEST = 22;

/** What a span asks or is told by, without which a name such as "GET" says little. */
const system = ({ attributes = {} }) => attributes['db.system.name'] ?? attributes['db.system'] ?? attributes['messaging.system'];

const MINUTES = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 240, 480, 1440].map((minutes) => minutes * 60e9);

/** The next longer time, in nanoseconds, of which people count the multiples. */
function round(time) {
	if (time > 20e9) {
		return MINUTES.find((minutes) => minutes >= time) ?? time;
	}
	const power = 10 ** Math.floor(Math.log10(time));
	return [1, 2, 5, 10].find((factor) => factor * power >= time * 0.999) * power;
}

export class Waterfall {

	collapsed = new Set();

	rows = new Map();

	nodes = [];

	showCritical = true;

	constructor(scroller, onSelect) {
		this.scroller = scroller;
		this.onSelect = onSelect;
		this.canvas = h('canvas', { class: 'minimap', 'aria-hidden': 'true' });
		this.lens = h('div', { class: 'lens', hidden: true });
		this.overview = h('div', { class: 'overview', title: 'Drag to look at a part of the time, double-click for all of it' }, this.canvas, this.lens);
		this.ruler = h('div', { class: 'ruler' });
		this.divider = h('div', { class: 'divider', role: 'separator', tabindex: '0', 'aria-orientation': 'vertical', 'aria-label': 'Width of the names', 'aria-valuemin': 15, 'aria-valuemax': 75, 'aria-valuenow': 38 });
		this.head = h('div', { class: 'wf-head' }, h('div', { class: 'wf-head-name', 'aria-hidden': 'true' }, 'Span'), this.divider, h('div', { class: 'wf-head-time' }, this.overview, this.ruler));
		this.header = h('div', { role: 'row', 'aria-rowindex': 1, class: 'hidden' }, h('span', { role: 'columnheader' }, 'Span'), h('span', { role: 'columnheader' }, 'Time'));
		this.body = h('div', { class: 'wf-body', role: 'presentation' });
		this.grid = h('div', { class: 'wf-grid', role: 'treegrid', tabindex: '0', 'aria-label': 'Spans', 'aria-colcount': 2 }, this.header, this.body);
		this.scrolled = () => {
			this.frame ??= requestAnimationFrame(() => {
				this.frame = undefined;
				this.draw();
			});
		};
		scroller.addEventListener('scroll', this.scrolled, { passive: true });
		this.resized = new ResizeObserver(() => {
			this.measure();
			this.redraw();
		});
		this.resized.observe(this.grid);
		this.grid.addEventListener('keydown', (event) => this.key(event));
		this.body.addEventListener('click', (event) => this.click(event));
		this.zooming();
		this.dividing();
	}

	leave() {
		this.scroller.removeEventListener('scroll', this.scrolled);
		this.resized.disconnect();
	}

	set(trace) {
		this.trace = trace;
		this.tree = buildTree(trace.spans);
		this.first = Math.min(0, ...trace.spans.slice(0, 1).map((span) => span.start));
		this.last = Math.max(1, trace.duration);
		for (const span of trace.spans) {
			this.first = Math.min(this.first, span.start);
			this.last = Math.max(this.last, span.start + span.duration);
		}
		this.from ??= this.first;
		this.to = this.to === undefined || !this.zoomed ? this.last : this.to;
		this.critical = new Map();
		for (const part of trace.criticalPath ?? []) {
			if (!this.critical.has(part.spanId)) {
				this.critical.set(part.spanId, []);
			}
			this.critical.get(part.spanId).push(part);
		}
		this.active = this.tree.byId.has(this.active) ? this.active : undefined;
		this.layout();
	}

	layout() {
		this.nodes = visible(this.tree.order, this.collapsed);
		this.index = new Map(this.nodes.map((node, i) => [node.span.spanId, i]));
		this.grid.setAttribute('aria-rowcount', this.nodes.length + 1);
		this.measure();
		this.redraw();
	}

	measure() {
		this.height = this.grid.clientWidth < 620 ? 44 : 26;
		this.grid.classList.toggle('stacked', this.height === 44);
		this.head.classList.toggle('stacked', this.height === 44);
		this.body.style.height = `${this.nodes.length * this.height}px`;
	}

	redraw() {
		this.rows.forEach((row) => row.remove());
		this.rows.clear();
		this.drawRuler();
		this.drawOverview();
		this.draw();
	}

	/** Makes the rows that are in view, and takes those away that are not. */
	draw() {
		if (!this.grid.isConnected || this.nodes.length === 0) {
			return;
		}
		const top = this.scroller.getBoundingClientRect().top - this.body.getBoundingClientRect().top;
		const begin = Math.max(0, Math.min(this.nodes.length - 1, Math.floor(top / this.height)) - OVERSCAN);
		const end = Math.min(this.nodes.length, Math.ceil((top + this.scroller.clientHeight) / this.height) + OVERSCAN);
		for (const [i, row] of this.rows) {
			if (i < begin || i >= end) {
				row.remove();
				this.rows.delete(i);
			}
		}
		for (let i = begin; i < end; i++) {
			if (!this.rows.has(i)) {
				const row = this.row(this.nodes[i], i);
				this.rows.set(i, row);
				// In the order of the tree, so that readers of the page meet them so.
				const after = this.rows.get(i + 1);
				this.body.insertBefore(row, after ?? null);
			}
		}
		if (this.active !== undefined && this.rows.has(this.index.get(this.active))) {
			this.grid.setAttribute('aria-activedescendant', `row-${this.index.get(this.active)}`);
		}
		else {
			this.grid.removeAttribute('aria-activedescendant');
		}
	}

	row(node, i) {
		const { span } = node;
		const failed = span.status === 'ERROR';
		const folded = this.collapsed.has(span.spanId);
		const row = h('div', {
			id: `row-${i}`, class: this.rowClass(span), role: 'row', 'data-span': span.spanId, 'aria-rowindex': i + 2, 'aria-level': node.depth + 1,
			'aria-expanded': node.children.length > 0 ? String(!folded) : undefined, 'aria-selected': String(span.spanId === this.active),
		});
		const indent = h('span', { class: 'indent' });
		indent.style.width = `${Math.min(node.depth, DEEPEST) * INDENT}px`;
		const other = node.parent?.span.service !== span.service;
		const name = h('div', { class: 'wf-name', role: 'gridcell' }, indent,
			node.children.length > 0 ? h('button', { type: 'button', class: 'fold', tabindex: '-1', 'aria-label': folded ? 'Expand' : 'Collapse', title: `${node.size - 1} beneath` }, icon(folded ? 'right' : 'down')) : h('span', { class: 'fold' }),
			h('i', { class: `mark ${colour(span.service)}` }),
			failed && h('span', { class: 'failed' }, icon('error'), h('span', { class: 'hidden' }, 'failed ')),
			h('span', { class: 'span-name', title: `${plain(span.name)} · ${plain(span.service, 60)}` }, foreign(span.name, 160)),
			folded && h('span', { class: 'folded' }, `+${node.size - 1}`),
			other && h('span', { class: 'span-service' }, foreign(span.service, 50)),
			!other && system(span) && h('span', { class: 'span-service' }, foreign(system(span), 30)));
		row.append(name, h('div', { class: 'wf-time', role: 'gridcell' }, ...this.bar(node)));
		row.style.transform = `translateY(${i * this.height}px)`;
		return row;
	}

	rowClass(span) {
		return ['wf-row', span.spanId === this.active && 'active', span.status === 'ERROR' && 'bad',
			this.highlighted && (this.highlighted.has(span.spanId) ? 'lit' : 'dim'), this.matches?.has(span.spanId) && 'match',
			this.match === span.spanId && 'current-match'].filter(Boolean).join(' ');
	}

	place(time) {
		return (time - this.from) / (this.to - this.from) * 100;
	}

	bar(node) {
		const { span } = node;
		const left = this.place(span.start);
		const right = this.place(span.start + span.duration);
		const parts = [];
		const add = (name, from, to) => {
			// What is outside the part of the time that is shown ends at its edge.
			if (to >= 0 && from <= 100) {
				const part = h('div', { class: name });
				part.style.left = `${Math.max(0, from)}%`;
				part.style.width = `${Math.min(100, to) - Math.max(0, from)}%`;
				parts.push(part);
			}
		};
		add(`wf-bar ${colour(span.service)}`, left, right);
		if (this.showCritical) {
			for (const part of this.critical.get(span.spanId) ?? []) {
				add('wf-critical', this.place(part.start), this.place(part.start + part.duration));
			}
		}
		for (const event of (span.events ?? []).slice(0, TICKS)) {
			const at = this.place(event.time);
			if (at >= 0 && at <= 100) {
				const tick = h('div', { class: event.name === 'exception' ? 'wf-tick bad' : 'wf-tick', title: `${plain(event.name, 80)} at ${duration(event.time)}` });
				tick.style.left = `${at}%`;
				parts.push(tick);
			}
		}
		const label = h('span', { class: 'wf-label' }, duration(span.duration));
		label.style.left = `calc(${Math.max(0, Math.min(100, right))}% + 5px)`;
		return [...parts, label];
	}

	drawRuler() {
		const whole = this.to - this.from;
		const width = Math.max(1, this.ruler.clientWidth);
		const step = round(whole / Math.max(1, Math.floor(width / 120)));
		const first = Math.ceil(this.from / step) * step;
		const ticks = [];
		// What would be beneath the last one is left out.
		for (let i = 0; this.place(first + i * step) < (1 - 100 / width) * 100; i++) {
			const time = first + i * step;
			const tick = h('span', {}, time === 0 ? '0' : duration(time));
			tick.style.left = `${this.place(time)}%`;
			ticks.push(tick);
		}
		this.ruler.replaceChildren(...ticks, h('span', { class: 'last' }, duration(this.to)));
		this.body.style.setProperty('--step', `${step / whole * 100}%`);
		this.body.style.setProperty('--first', `${this.place(first)}%`);
	}

	drawOverview() {
		const width = this.canvas.clientWidth;
		const height = this.canvas.clientHeight;
		if (width === 0 || !this.tree) {
			return;
		}
		const ratio = devicePixelRatio || 1;
		this.canvas.width = width * ratio;
		this.canvas.height = height * ratio;
		const context = this.canvas.getContext('2d');
		context.scale(ratio, ratio);
		const style = getComputedStyle(this.canvas);
		const paint = new Map();
		const whole = this.last - this.first;
		const step = height / this.tree.order.length;
		const thickness = Math.max(1, Math.min(3, step * 0.7));
		this.tree.order.forEach(({ span }, i) => {
			const name = span.status === 'ERROR' ? '--error' : `--${colour(span.service)}`;
			if (!paint.has(name)) {
				// Only a property that is a colour resolves light-dark().
				this.canvas.style.color = `var(${name})`;
				paint.set(name, style.color);
			}
			context.fillStyle = paint.get(name);
			context.fillRect((span.start - this.first) / whole * width, i * step, Math.max(1, span.duration / whole * width), thickness);
		});
		this.zoomed = this.from > this.first || this.to < this.last;
		this.lens.hidden = !this.zoomed;
		this.lens.style.left = `${(this.from - this.first) / whole * 100}%`;
		this.lens.style.width = `${(this.to - this.from) / whole * 100}%`;
	}

	zooming() {
		const time = (event) => {
			const box = this.overview.getBoundingClientRect();
			return this.first + Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * (this.last - this.first);
		};
		let begun;
		this.overview.addEventListener('pointerdown', (event) => {
			begun = time(event);
			this.overview.setPointerCapture(event.pointerId);
		});
		this.overview.addEventListener('pointermove', (event) => {
			if (begun !== undefined) {
				const [from, to] = [begun, time(event)].sort((one, other) => one - other);
				this.lens.hidden = false;
				this.lens.style.left = `${(from - this.first) / (this.last - this.first) * 100}%`;
				this.lens.style.width = `${(to - from) / (this.last - this.first) * 100}%`;
			}
		});
		this.overview.addEventListener('pointerup', (event) => {
			const [from, to] = [begun ?? 0, time(event)].sort((one, other) => one - other);
			begun = undefined;
			if (to - from > (this.last - this.first) / 200) {
				this.zoom(from, to);
			}
			else {
				this.drawOverview();
			}
		});
		this.overview.addEventListener('dblclick', () => this.zoom());
	}

	zoom(from = this.first, to = this.last) {
		this.from = from;
		this.to = to;
		this.redraw();
		this.onZoom?.(this.zoomed);
	}

	dividing() {
		let width = 38;
		const set = (value) => {
			width = Math.max(15, Math.min(75, value));
			this.divider.setAttribute('aria-valuenow', Math.round(width));
			for (const element of [this.head, this.grid]) {
				element.style.setProperty('--names', `${width}%`);
			}
			this.drawOverview();
		};
		this.divider.addEventListener('pointerdown', (event) => {
			event.preventDefault();
			this.divider.setPointerCapture(event.pointerId);
			this.divider.onpointermove = (move) => {
				const box = this.head.getBoundingClientRect();
				set((move.clientX - box.left) / box.width * 100);
			};
		});
		this.divider.addEventListener('pointerup', () => {
			this.divider.onpointermove = null;
		});
		this.divider.addEventListener('keydown', (event) => {
			const step = { ArrowLeft: -3, ArrowRight: 3 }[event.key];
			if (step) {
				event.preventDefault();
				event.stopPropagation();
				set(width + step);
			}
		});
	}

	click(event) {
		const row = event.target.closest('.wf-row');
		if (!row) {
			return;
		}
		const id = row.dataset.span;
		if (event.target.closest('button.fold')) {
			this.fold(id, !this.collapsed.has(id));
			this.grid.focus({ preventScroll: true });
		}
		else {
			this.activate(id, true);
			this.grid.focus({ preventScroll: true });
		}
	}

	fold(id, folded) {
		if (folded) {
			this.collapsed.add(id);
		}
		else {
			this.collapsed.delete(id);
		}
		this.layout();
	}

	foldAll(folded) {
		this.collapsed.clear();
		if (folded) {
			for (const node of this.tree.order) {
				if (node.children.length > 0 && node.depth > 0) {
					this.collapsed.add(node.span.spanId);
				}
			}
			while (this.active !== undefined && this.isHidden(this.active)) {
				this.active = this.tree.byId.get(this.active).parent.span.spanId;
			}
		}
		this.layout();
	}

	isHidden(id) {
		for (let node = this.tree.byId.get(id)?.parent; node; node = node.parent) {
			if (this.collapsed.has(node.span.spanId)) {
				return true;
			}
		}
		return false;
	}

	/** Makes a span the one that keys act on, with its ancestors expanded, and in view. */
	activate(id, open) {
		const node = this.tree.byId.get(id);
		if (!node) {
			return;
		}
		this.active = id;
		let changed = false;
		for (let above = node.parent; above; above = above.parent) {
			changed = this.collapsed.delete(above.span.spanId) || changed;
		}
		if (changed) {
			this.layout();
		}
		this.reveal(this.index.get(id));
		this.restyle();
		this.draw();
		if (open) {
			this.onSelect(node);
		}
	}

	reveal(i) {
		const view = this.scroller.getBoundingClientRect();
		const top = this.body.getBoundingClientRect().top + i * this.height;
		const covered = this.head.getBoundingClientRect().bottom - view.top;
		const ceiling = view.top + Math.max(0, covered > 0 && covered < view.height / 2 ? covered : 0);
		const floor = view.bottom - (this.covered?.() ?? 0);
		if (top < ceiling) {
			this.scroller.scrollTop -= ceiling - top + this.height;
		}
		else if (top + this.height > floor) {
			this.scroller.scrollTop += top + this.height - floor + this.height;
		}
	}

	restyle() {
		this.rows.forEach((row, i) => {
			const { span } = this.nodes[i];
			row.className = this.rowClass(span);
			row.setAttribute('aria-selected', String(span.spanId === this.active));
		});
	}

	highlight(ids) {
		this.highlighted = ids && new Set(ids);
		this.restyle();
	}

	setMatches(ids, current) {
		this.matches = ids && new Set(ids);
		this.match = current;
		this.restyle();
	}

	key(event) {
		if (event.ctrlKey || event.metaKey || event.altKey || this.nodes.length === 0) {
			return;
		}
		const at = this.active === undefined ? -1 : this.index.get(this.active) ?? -1;
		const node = this.nodes[at];
		const page = Math.max(1, Math.floor(this.scroller.clientHeight / this.height) - 6);
		const to = (i) => this.activate(this.nodes[Math.max(0, Math.min(this.nodes.length - 1, i))].span.spanId, this.opened?.());
		const actions = {
			ArrowDown: () => to(at + 1), j: () => to(at + 1), ArrowUp: () => to(at - 1), k: () => to(at - 1), Home: () => to(0),
			End: () => to(this.nodes.length - 1), PageDown: () => to(at + page), PageUp: () => to(at - page),
			ArrowRight: () => node && (this.collapsed.has(node.span.spanId) ? this.fold(node.span.spanId, false) : node.children.length > 0 && to(at + 1)),
			ArrowLeft: () => node && (node.children.length > 0 && !this.collapsed.has(node.span.spanId) ? this.fold(node.span.spanId, true) : node.parent && to(this.index.get(node.parent.span.spanId))),
			Enter: () => node && this.onSelect(node),
		};
		if (actions[event.key]) {
			event.preventDefault();
			event.stopPropagation();
			actions[event.key]();
		}
	}

}
