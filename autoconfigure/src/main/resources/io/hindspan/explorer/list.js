// The live list of traces, its search and its histogram.

import { api } from './api.js';
import { announce, button, copy, dialog, foreign, h, icon, plain } from './dom.js';
import { age, bytes, colour, count, duration, moment, plural } from './format.js';
import { Histogram } from './histogram.js';
import { add, between, condition, ERRORS, has, remove, serviceOf, SLOW, toggle, withoutDurations } from './query.js';
import { SearchBox } from './search.js';

const PAGE = 50;

const MOST = 500;

const MOST_SERVICES = 200;

const QUIET = 10_000;

const RANGES = [['', 'Any time'], ['1m', 'Last minute'], ['5m', 'Last 5 minutes'], ['15m', 'Last 15 minutes'], ['1h', 'Last hour'], ['6h', 'Last 6 hours'], ['24h', 'Last day']];

const COLUMNS = [['', 'Trace'], ['duration', 'Duration'], ['spans', 'Spans'], ['errors', 'Errors'], ['start', 'Started']];

export class ListView {

	title = 'Traces';

	rows = new Map();

	limit = PAGE;

	constructor(app) {
		this.app = app;
		this.search = new SearchBox((query) => this.go({ q: query }));
		this.histogram = new Histogram((from, to) => this.go({ q: between(this.parameters.q, from, to) }));
		this.errors = this.chip('Errors', () => this.go({ q: toggle(this.parameters.q, ERRORS) }));
		this.slow = this.chip('Slower than 1 s', () => this.go({ q: toggle(this.parameters.q, SLOW) }));
		this.anyDuration = this.chip('Any duration', () => this.go({ q: withoutDurations(this.parameters.q) }));
		this.service = h('select', { 'aria-label': 'Service', onchange: () => this.chooseService() }, h('option', { value: '' }, 'All services'));
		this.range = h('select', { 'aria-label': 'Time range', onchange: () => this.go({ from: this.range.value, to: '' }) },
			RANGES.map(([value, label]) => h('option', { value }, label)));
		this.sortChoice = h('select', { 'aria-label': 'Sort by', class: 'sort-choice', onchange: () => this.sort(this.sortChoice.value, true) },
			[['start', 'Newest'], ['duration', 'Longest'], ['spans', 'Most spans'], ['errors', 'Most errors']].map(([value, label]) => h('option', { value }, label)));
		this.total = h('span', { class: 'total' });
		this.forget = button('Forget all traces', 'trash', () => this.confirmClear(), { quiet: true });
		this.columns = h('div', { class: 'columns' }, COLUMNS.map(([sort, label]) => sort === '' ? h('span', {}, label)
			: h('button', { type: 'button', 'data-sort': sort, onclick: () => this.sort(sort) }, label)));
		this.list = h('ul', { class: 'traces', 'aria-label': 'Traces' });
		this.more = h('button', { type: 'button', class: 'button load-more', hidden: true, onclick: () => this.loadMore() }, 'Show more');
		this.empty = h('div', { class: 'empty', hidden: true });
		this.element = h('section', { class: 'list-view', 'aria-label': 'Traces' },
			h('div', { class: 'toolbar' }, this.search.element,
				h('div', { class: 'filters', role: 'group', 'aria-label': 'Filters' }, this.errors, this.slow, this.anyDuration, this.service, this.range, this.sortChoice,
					h('span', { class: 'spacer' }), this.total, this.forget),
				this.histogram.element),
			this.columns, this.list, this.empty, this.more);
		this.list.addEventListener('focusin', (event) => {
			this.current = event.target.closest('a')?.dataset.trace;
		});
		new IntersectionObserver((entries) => {
			if (entries[0].isIntersecting && !this.more.hidden) {
				this.loadMore();
			}
		}, { rootMargin: '300px' }).observe(this.more);
		setInterval(() => this.tick(), 5000);
	}

	chip(label, onclick) {
		return h('button', { type: 'button', class: 'chip', 'aria-pressed': 'false', onclick }, label);
	}

	show(parameters) {
		const before = JSON.stringify(this.parameters);
		this.parameters = { q: parameters.get('q') ?? '', from: parameters.get('from') ?? '', to: parameters.get('to') ?? '',
			sort: parameters.get('sort') ?? 'start', order: parameters.get('order') ?? 'desc' };
		const { q, from, sort, order } = this.parameters;
		this.search.set(q);
		this.errors.setAttribute('aria-pressed', String(has(q, ERRORS)));
		this.slow.setAttribute('aria-pressed', String(has(q, SLOW)));
		this.anyDuration.hidden = withoutDurations(q) === q || has(q, SLOW);
		this.anyDuration.setAttribute('aria-pressed', 'true');
		if (![...this.range.options].some((option) => option.value === from)) {
			this.range.append(h('option', { value: from }, /^\d+$/.test(from) ? `Since ${moment(Number(from))}` : `Last ${plain(from, 20)}`));
		}
		this.range.value = from;
		this.sortChoice.value = sort;
		for (const header of this.columns.querySelectorAll('button')) {
			const sorted = header.dataset.sort === sort;
			header.classList.toggle('sorted', sorted);
			header.dataset.order = sorted ? order : '';
			header.setAttribute('aria-label', `Sort by ${header.textContent.toLowerCase()}${sorted ? `, now ${order === 'desc' ? 'descending' : 'ascending'}` : ''}`);
		}
		this.showServices();
		if (before !== JSON.stringify(this.parameters)) {
			this.limit = PAGE;
			this.fresh = true;
		}
		return this.refresh();
	}

	go(changes) {
		const parameters = { ...this.parameters, ...changes };
		this.app.go('/', { q: parameters.q, from: parameters.from, to: parameters.to,
			sort: parameters.sort === 'start' ? '' : parameters.sort, order: parameters.order === 'desc' ? '' : parameters.order });
	}

	sort(sort, choice = false) {
		const order = !choice && this.parameters.sort === sort && this.parameters.order === 'desc' ? 'asc' : 'desc';
		this.go({ sort, order });
	}

	chooseService() {
		const rest = remove(this.parameters.q, (word) => word.startsWith('service='));
		this.go({ q: this.service.value ? add(rest, condition('service', this.service.value)) : rest });
	}

	/** Services are learnt from what is listed, and at first from what the store knows. */
	async learnServices(names) {
		const before = this.services?.size;
		if (!this.services) {
			this.services = new Set();
			const { fields } = await api.fields('service').catch(() => ({ fields: [] }));
			names = names.concat(fields.find((field) => field.name === 'service')?.values ?? []);
		}
		names.forEach((name) => this.services.size < MOST_SERVICES && this.services.add(name));
		if (this.services.size !== before) {
			this.showServices();
		}
	}

	showServices() {
		const chosen = serviceOf(this.parameters?.q ?? '');
		const options = [...this.services ?? []].sort().map((name) => [name, condition('service', name)]);
		const key = JSON.stringify([chosen, options]);
		if (key !== this.shownServices && document.activeElement !== this.service) {
			this.shownServices = key;
			this.service.replaceChildren(h('option', { value: '' }, 'All services'), ...options.map(([name]) => h('option', { value: name }, plain(name, 60))));
			const known = options.find(([, term]) => term === chosen);
			if (chosen && !known) {
				this.service.append(h('option', { value: 'other', disabled: true }, plain(chosen, 60)));
			}
			this.service.value = known ? known[0] : chosen ? 'other' : '';
		}
	}

	onStatus(status) {
		// One that is under way is waited for: the next state comes anyway, and asks again.
		if (status.revision !== this.revision && !this.refreshing) {
			this.refresh();
		}
	}

	async refresh() {
		this.asked?.abort();
		const asked = this.asked = new AbortController();
		const fresh = this.fresh;
		const { q, from, to, sort, order } = this.parameters;
		this.refreshing = true;
		this.list.setAttribute('aria-busy', 'true');
		try {
			const found = await api.search({ q, from, to, sort, order, limit: Math.min(this.limit, MOST) }, { signal: asked.signal });
			this.fresh = false;
			this.revision = found.revision;
			this.search.fail(q);
			this.render(found, fresh);
			this.learnServices(found.traces.flatMap((trace) => trace.services.map((service) => service.name)));
		}
		catch (problem) {
			if (problem.name === 'AbortError') {
				return;
			}
			if (problem.status === 400) {
				this.search.fail(q, problem);
				this.element.classList.add('stale');
			}
			else {
				this.app.lost(problem);
			}
		}
		finally {
			if (this.asked === asked) {
				this.refreshing = false;
				this.list.removeAttribute('aria-busy');
			}
		}
	}

	/** Brings the rows to what was found, keeping those that are there, the focus and what is in view. */
	render(found, fresh) {
		const view = this.app.view;
		const top = view.scrollTop;
		const box = view.getBoundingClientRect();
		const anchor = top > 0 && !fresh ? [...this.list.children].find((item) => item.getBoundingClientRect().bottom > box.top + this.element.firstChild.offsetHeight) : undefined;
		const before = anchor?.getBoundingClientRect().top;
		const longest = Math.max(1, ...found.traces.map((trace) => trace.duration));
		const kept = new Set(found.traces.map((trace) => trace.traceId));
		const focused = this.list.contains(document.activeElement);
		for (const [trace, row] of this.rows) {
			if (!kept.has(trace)) {
				row.element.remove();
				this.rows.delete(trace);
			}
		}
		let previous = null;
		let added = 0;
		for (const trace of found.traces) {
			let row = this.rows.get(trace.traceId);
			if (!row) {
				row = new Row(trace.traceId);
				this.rows.set(trace.traceId, row);
				added++;
				row.element.classList.toggle('new', this.rendered === true && !fresh);
			}
			row.set(trace, longest, this.parameters.q);
			const next = previous ? previous.nextSibling : this.list.firstChild;
			if (row.element !== next) {
				this.list.insertBefore(row.element, next);
			}
			previous = row.element;
		}
		if (focused && !this.list.contains(document.activeElement)) {
			(this.rows.get(this.current)?.link ?? this.list.querySelector('a'))?.focus({ preventScroll: true });
		}
		if (anchor?.isConnected) {
			view.scrollTop += anchor.getBoundingClientRect().top - before;
		}
		if (this.rendered && !fresh && added > 0) {
			this.tell(added);
		}
		else if (fresh) {
			announce(`${plural(found.total, 'trace')} found`);
		}
		this.element.classList.remove('stale');
		this.histogram.set(found.histogram);
		this.rendered = true;
		this.found = found;
		this.total.textContent = plural(found.total, 'trace');
		this.columns.hidden = found.traces.length === 0;
		this.more.hidden = found.traces.length >= found.total || this.limit >= MOST;
		this.renderEmpty(found);
	}

	/** Says how many have come, but not without end. */
	tell(added) {
		this.untold = (this.untold ?? 0) + added;
		if (performance.now() - (this.toldAt ?? -QUIET) >= QUIET) {
			announce(plural(this.untold, 'new trace'));
			this.toldAt = performance.now();
			this.untold = 0;
		}
	}

	renderEmpty(found) {
		this.empty.hidden = found.total > 0;
		const held = this.app.status?.traces ?? 0;
		const filtered = Boolean(this.parameters.q || this.parameters.from);
		const key = `${found.total > 0} ${filtered && held > 0}`;
		if (this.emptyKey === key || found.total > 0) {
			this.emptyKey = key;
			return;
		}
		this.emptyKey = key;
		if (filtered && held > 0) {
			this.empty.replaceChildren(h('h2', {}, 'No trace matches'), h('p', {}, `None of the ${plural(held, 'trace')} that are held. Take a condition away, or ask for a longer time.`),
				button('Show all traces', undefined, () => this.go({ q: '', from: '', to: '' })));
		}
		else {
			const endpoint = `management.opentelemetry.tracing.export.otlp.endpoint=${new URL('v1/traces', new URL('.', import.meta.url)).href}`;
			this.empty.replaceChildren(mark(), h('h2', {}, 'Waiting for the first trace'),
				h('p', {}, 'Make a request to this service: it appears here by itself, about a second after its end.'),
				...(this.app.status?.intake === false ? [] : [
					h('p', {}, 'To see other services in the same traces, let them send their spans here:'),
					h('div', { class: 'code-line' }, h('code', {}, endpoint), button('Copy the property', 'copy', () => copy(endpoint, 'the property'), { quiet: true })),
					h('p', { class: 'quiet' }, 'Any OpenTelemetry SDK will do: OTLP over HTTP, protobuf or JSON.')]));
		}
	}

	loadMore() {
		if (this.limit < MOST && this.found && this.found.total > this.limit) {
			this.limit += PAGE;
			this.refresh();
		}
	}

	confirmClear() {
		const ask = dialog('Forget all traces?', h('p', {}, `${plural(this.app.status?.traces ?? 0, 'trace')}, ${bytes(this.app.status?.bytes ?? 0)}, also those that the search does not show. This cannot be undone.`),
			h('div', { class: 'dialog-foot' }, button('Keep them', undefined, () => ask.close()), button('Forget all', 'trash', async () => {
				ask.close();
				try {
					await api.clear();
					this.refresh();
				}
				catch (problem) {
					this.app.lost(problem);
				}
			}, { class: 'button danger' })));
	}

	tick() {
		if (this.element.isConnected) {
			this.rows.forEach((row) => row.tick());
		}
	}

	focusSearch() {
		this.search.focus();
	}

	/** Takes the focus to the row that had it, or the first one. */
	move(by) {
		const links = [...this.list.querySelectorAll('a')];
		if (links.length > 0) {
			const at = links.findIndex((link) => link.dataset.trace === this.current);
			const next = links[at < 0 ? 0 : Math.max(0, Math.min(links.length - 1, at + by))];
			next.focus();
			next.scrollIntoView({ block: 'nearest' });
		}
	}

	restore() {
		this.rows.get(this.current)?.link.focus({ preventScroll: true });
	}

	key(event) {
		const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
		if (step) {
			event.preventDefault();
			this.move(step);
		}
		else if (event.key === 'Enter' && this.current && (document.activeElement === document.body || document.activeElement === this.app.view)) {
			this.app.go(`/trace/${this.current}`, { q: this.parameters.q });
		}
		else if (event.key === 'c' && this.current) {
			copy(this.current, 'the trace id');
		}
	}

}

/** A trace's row: made once, then only changed where the trace did. */
class Row {

	constructor(id) {
		this.link = h('a', { class: 'row', 'data-trace': id });
		this.element = h('li', {}, this.link);
	}

	set(trace, longest, query) {
		const address = `#/trace/${encodeURIComponent(trace.traceId)}${query ? `?${new URLSearchParams({ q: query })}` : ''}`;
		if (this.link.getAttribute('href') !== address) {
			this.link.setAttribute('href', address);
		}
		const key = JSON.stringify([trace.name, trace.duration, trace.spans, trace.errors, trace.complete, trace.statusCode, trace.services]);
		this.start = trace.start;
		if (key !== this.key) {
			this.key = key;
			this.fill = h('span', { class: `fill ${colour(trace.service)}` });
			this.age = h('span', { class: 'age', title: moment(trace.start) });
			const shown = trace.services.slice(0, 4);
			this.link.replaceChildren(
				h('span', { class: 'what' },
					h('span', { class: 'name' }, trace.error && h('span', { class: 'failed' }, icon('error'), h('span', { class: 'hidden' }, 'failed ')),
						h('span', { class: 'name-text', title: plain(trace.name) }, foreign(trace.name, 200)),
						trace.statusCode !== undefined && h('span', { class: trace.statusCode >= 500 ? 'code bad' : 'code' }, String(trace.statusCode)),
						!trace.complete && h('span', { class: 'code', title: 'The span that it begins with has not come yet' }, 'incomplete')),
					h('span', { class: 'services' }, shown.map((service) => h('span', { class: 'service', title: `${plain(service.name)}: ${plural(service.spans, 'span')}` },
						h('i', { class: `dot ${colour(service.name)}` }), foreign(service.name, 60), h('span', { class: 'number' }, count(service.spans)))),
					trace.services.length > 4 && h('span', {}, `+${trace.services.length - 4}`))),
				h('span', { class: 'took' }, h('span', { class: 'figure' }, duration(trace.duration)), h('span', { class: 'track', 'aria-hidden': 'true' }, this.fill)),
				h('span', { class: 'cell spans' }, count(trace.spans), h('span', { class: 'unit' }, trace.spans === 1 ? ' span' : ' spans')),
				h('span', { class: trace.errors > 0 ? 'cell errors some' : 'cell errors' }, trace.errors > 0 ? count(trace.errors) : '–', h('span', { class: 'unit' }, trace.errors === 1 ? ' error' : ' errors')),
				this.age);
			this.tick();
		}
		const width = `${Math.max(0.6, trace.duration / longest * 100)}%`;
		if (this.fill.style.width !== width) {
			this.fill.style.width = width;
		}
	}

	tick() {
		this.age.textContent = age(this.start);
	}

}

function mark() {
	return h('img', { src: new URL('icon.svg', import.meta.url).href, alt: '', width: 40, height: 40 });
}
