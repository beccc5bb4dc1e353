// Two traces side by side, or one with what is usual for its route.

import { api } from './api.js';
import { button, foreign, h, icon, plain } from './dom.js';
import { colour, count, duration, plural } from './format.js';

const CHANGES = { GROWN: 'slower', SHRUNK: 'faster', NEW: 'new', MISSING: 'missing', SAME: '' };

const PART = 500;

export class CompareView {

	title = 'Comparison';

	differences = false;

	constructor(app, id) {
		this.app = app;
		this.id = id ?? '';
		this.head = h('header', { class: 'compare-head' });
		this.only = h('button', { type: 'button', class: 'chip', 'aria-pressed': 'false', onclick: () => {
			this.differences = !this.differences;
			this.only.setAttribute('aria-pressed', String(this.differences));
			this.render();
		} }, 'Only differences');
		this.summary = h('span', { class: 'quiet', role: 'status' });
		this.table = h('div', { class: 'compare-table', role: 'treegrid', 'aria-label': 'Spans of both' });
		this.element = h('section', { class: 'compare-view', 'aria-label': 'Comparison' }, this.head, h('div', { class: 'filters' }, this.only, this.summary), this.table);
	}

	async show(parameters) {
		const other = parameters.get('with') ?? 'usual';
		if (other === this.other) {
			return;
		}
		this.other = other;
		try {
			this.comparison = await api.comparison(this.id, other);
		}
		catch (problem) {
			this.unread = problem.status !== 404;
			this.element.replaceChildren(h('div', { class: 'empty' }, h('h2', {}, problem.status === 404 ? 'There is nothing to compare with' : 'The traces could not be compared'), h('p', {}, foreign(problem.message)),
				h('p', {}, h('a', { href: `#/trace/${encodeURIComponent(this.id)}` }, 'Back to the trace'))));
			return;
		}
		this.renderHead();
		this.render();
	}

	renderHead() {
		const { before, after } = this.comparison;
		const usual = this.other === 'usual';
		const card = (label, side, id) => h('div', { class: 'side' }, h('span', { class: 'side-label' }, label),
			id ? h('a', { class: 'side-name', href: `#/trace/${encodeURIComponent(id)}` }, foreign(side.name, 200)) : h('span', { class: 'side-name' }, foreign(side.name, 200)),
			h('span', { class: 'side-figures' }, h('strong', {}, duration(side.duration)), h('span', {}, plural(side.spans, 'span')), h('span', { class: side.errors > 0 ? 'bad' : '' }, plural(side.errors, 'error'))));
		this.title = `Comparison: ${plain(after.name, 60)}`;
		this.app.entitle(this.title);
		const delta = after.duration - before.duration;
		const twist = h('div', { class: `verdict ${delta > 0 ? 'worse' : 'better'}` }, h('strong', {}, `${delta >= 0 ? '+' : ''}${duration(delta)}`),
			h('span', {}, before.duration > 0 ? ratio(after.duration / before.duration) : ''));
		this.head.replaceChildren(...[h('div', { class: 'trace-title' }, h('a', { class: 'back', href: `#/trace/${encodeURIComponent(this.id)}`, 'aria-label': 'Back to the trace' }, icon('left')), h('h1', {}, 'Comparison')),
			!usual && h('div', { class: 'trace-actions' }, button('Swap', 'compare', () => this.app.go(`/compare/${encodeURIComponent(this.other)}`, { with: this.id }))),
			h('div', { class: 'sides' }, card(usual ? `Usual: median of ${plural(before.traces ?? 1, 'trace')}` : 'Before', before, usual ? undefined : before.traceId), twist, card(usual ? 'This trace' : 'After', after, after.traceId ?? this.id))].filter(Boolean));
	}

	render() {
		const rows = this.differences ? withParents(this.comparison.rows) : this.comparison.rows;
		const changed = this.comparison.rows.filter((row) => row.change !== 'SAME').length;
		this.summary.textContent = changed === 0 ? 'The two are alike.' : `${plural(changed, 'difference')} in ${plural(this.comparison.rows.length, 'row')}`;
		const longest = Math.max(1, ...this.comparison.rows.map((row) => Math.max(row.before?.duration ?? 0, row.after?.duration ?? 0)));
		const usual = this.other === 'usual';
		this.table.setAttribute('aria-rowcount', rows.length + 1);
		this.table.replaceChildren(h('div', { class: 'compare-row compare-columns', role: 'row', 'aria-rowindex': 1 },
			h('span', { role: 'columnheader' }, 'Span'), h('span', { role: 'columnheader' }, usual ? 'Usual' : 'Before'), h('span', { role: 'columnheader' }, usual ? 'This trace' : 'After'), h('span', { role: 'columnheader' }, 'Change')));
		const fill = (from) => {
			this.table.append(...rows.slice(from, from + PART).map((row, i) => this.row(row, from + i, longest)));
			if (from + PART < rows.length) {
				const more = h('button', { type: 'button', class: 'button load-more', onclick: () => {
					more.remove();
					fill(from + PART);
				} }, `Show ${count(Math.min(PART, rows.length - from - PART))} more`);
				this.table.append(more);
			}
		};
		fill(0);
	}

	row(row, i, longest) {
		const change = CHANGES[row.change] === undefined ? 'SAME' : row.change;
		const indent = h('span', { class: 'indent' });
		indent.style.width = `${Math.min(row.depth, 20) * 14}px`;
		const delta = (row.after?.duration ?? 0) - (row.before?.duration ?? 0);
		const counts = (row.after?.count ?? 0) - (row.before?.count ?? 0);
		const span = row.after?.spans?.[0];
		return h('div', { class: `compare-row change-${change.toLowerCase()}`, role: 'row', 'aria-level': row.depth + 1, 'aria-rowindex': i + 2 },
			h('span', { class: 'compare-name', role: 'gridcell' }, indent, h('i', { class: `mark ${colour(row.service)}` }),
				span ? h('a', { href: `#/trace/${encodeURIComponent(this.id)}?span=${encodeURIComponent(span)}`, title: `${plain(row.name)} · ${plain(row.service, 60)}` }, foreign(row.name, 160)) : h('span', { class: 'span-name', title: plain(row.name) }, foreign(row.name, 160))),
			this.side(row.before, longest, row.service, 'before'), this.side(row.after, longest, row.service, 'after'),
			h('span', { class: 'compare-change', role: 'gridcell' }, CHANGES[change] && h('span', { class: 'badge' }, CHANGES[change]),
				change !== 'SAME' && change !== 'NEW' && change !== 'MISSING' && h('span', { class: 'delta' }, `${delta > 0 ? '+' : ''}${duration(delta)}`),
				row.before && row.after && counts !== 0 && h('span', { class: 'delta' }, `${counts > 0 ? '+' : '−'}${count(Math.abs(counts))}×`)));
	}

	side(side, longest, service, name) {
		if (!side) {
			return h('span', { class: `compare-side ${name} none`, role: 'gridcell' }, '–');
		}
		const fill = h('span', { class: `fill ${colour(service)}` });
		fill.style.width = `${Math.max(0.5, side.duration / longest * 100)}%`;
		return h('span', { class: `compare-side ${name}`, role: 'gridcell' }, h('span', { class: 'track' }, fill),
			h('span', { class: 'figure' }, duration(side.duration), side.count !== 1 && h('span', { class: 'number' }, `${count(side.count)}×`), side.errors > 0 && h('span', { class: 'bad' }, icon('error'), count(side.errors))));
	}

	escape() {
		this.app.go(`/trace/${encodeURIComponent(this.id)}`);
		return true;
	}

}

const ratio = (value) => value >= 1.995 ? `${value.toFixed(1)}× as long` : value >= 1 ? `${Math.round((value - 1) * 100)} % longer` : `${Math.round((1 - value) * 100)} % shorter`;

/** The rows that differ, and those above them that lead there. */
function withParents(rows) {
	const kept = new Set();
	const above = [];
	rows.forEach((row, i) => {
		above.length = Math.min(above.length, row.depth);
		above[row.depth] = i;
		if (row.change !== 'SAME') {
			above.forEach((parent) => kept.add(parent));
		}
	});
	return rows.filter((_, i) => kept.has(i));
}
