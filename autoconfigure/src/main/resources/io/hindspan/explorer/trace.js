// One trace: what stands out first, then its spans over time or its logs.

import { api } from './api.js';
import { announce, button, copy, dialog, foreign, h, icon, menu, plain, prose } from './dom.js';
import { logLine, spanDetail } from './detail.js';
import { age, colour, count, duration, moment, percent, plural } from './format.js';
import { condition } from './query.js';
import { contains } from './tree.js';
import { Waterfall } from './waterfall.js';

const RECENT = 30e6;

const AWAITED = 60e3;

const KINDS = {
	ERROR_ORIGIN: 'Error', POOL_WAIT: 'Pool wait', SLOW_STATEMENT: 'Slow statement', N_PLUS_ONE: 'N+1 queries', RETRY_STORM: 'Retries', SLOW_DEPENDENCY: 'Slow dependency',
	FAILING_DEPENDENCY: 'Failing dependency', SERIAL_CALLS: 'Serial calls', CACHE_MISSES: 'Cache misses', GAP: 'Unexplained time', LATE_WORK: 'Late work', CLOCK_SKEW: 'Clock skew',
	LOST_TRACE: 'Lost trace', MISSING_INDEX: 'Missing index', TRIVIAL_SPANS: 'Trivial spans',
};

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'];

export class TraceView {

	constructor(app, id) {
		this.app = app;
		this.id = id ?? '';
		this.title = 'Trace';
		this.waterfall = new Waterfall(app.view, (node) => this.open(node));
		this.waterfall.covered = () => matchMedia('(max-width: 900px)').matches && !this.aside.hidden ? this.aside.offsetHeight : 0;
		this.waterfall.opened = () => !this.aside.hidden;
		this.waterfall.onZoom = (zoomed) => {
			this.whole.hidden = !zoomed;
		};
		this.head = h('header', { class: 'trace-head' }, h('p', { class: 'quiet loading' }, 'Reading the trace …'));
		this.findings = h('section', { class: 'findings', 'aria-label': 'Findings', hidden: true });
		this.find = h('input', { type: 'search', class: 'find-input', placeholder: 'Find in this trace', 'aria-label': 'Find in this trace',
			oninput: () => this.search(), onkeydown: (event) => this.findKey(event) });
		this.found = h('span', { class: 'find-count', role: 'status' });
		this.previous = button('Previous match', 'up', () => this.step(-1), { quiet: true, disabled: true });
		this.next = button('Next match', 'down', () => this.step(1), { quiet: true, disabled: true });
		this.spansTab = this.tab('spans', 'Spans');
		this.logsTab = this.tab('logs', 'Logs');
		this.critical = h('button', { type: 'button', class: 'chip', 'aria-pressed': 'true', title: 'The spans that the duration is made of', onclick: () => this.toggleCritical() }, h('i', { class: 'critical-key' }), 'Critical path');
		this.whole = button('All of the time', 'zoom', () => this.waterfall.zoom(), { hidden: true });
		this.spanTools = h('div', { class: 'tools' }, this.whole, this.critical,
			button('Collapse all', 'collapse', () => this.waterfall.foldAll(true), { quiet: true }), button('Expand all', 'expand', () => this.waterfall.foldAll(false), { quiet: true }));
		this.bar = h('div', { class: 'trace-bar' }, h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Parts of the trace' }, this.spansTab, this.logsTab),
			this.finder = h('div', { class: 'find' }, this.find, this.previous, this.next, this.found), h('span', { class: 'spacer' }), this.spanTools);
		this.spans = h('div', { class: 'waterfall', role: 'tabpanel', id: 'panel-spans', 'aria-labelledby': 'tab-spans' }, this.waterfall.grid);
		this.logs = h('div', { class: 'logs', role: 'tabpanel', id: 'panel-logs', 'aria-labelledby': 'tab-logs', hidden: true });
		this.sticky = h('div', { class: 'sticky' }, this.bar, this.waterfall.head);
		this.aside = h('aside', { class: 'detail', 'aria-label': 'Span', hidden: true });
		this.body = h('div', { class: 'trace-body', hidden: true }, h('div', { class: 'trace-main' }, this.sticky, this.spans, this.logs), this.aside);
		this.element = h('section', { class: 'trace-view', 'aria-label': 'Trace' }, this.head, this.findings, this.body);
	}

	tab(name, label) {
		return h('button', { type: 'button', id: `tab-${name}`, role: 'tab', class: 'tab', 'aria-controls': `panel-${name}`, onclick: () => this.choose(name),
			onkeydown: (event) => {
				if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
					event.preventDefault();
					event.stopPropagation();
					const other = name === 'spans' ? this.logsTab : this.spansTab;
					other.click();
					other.focus();
				}
			} }, label, h('span', { class: 'number' }));
	}

	leave() {
		this.gone = true;
		this.waterfall.leave();
	}

	onTheme() {
		this.waterfall.redraw();
	}

	async show(parameters) {
		this.parameters = Object.fromEntries(parameters);
		if (!this.trace) {
			this.updating = true;
			try {
				const trace = await this.read();
				if (this.gone) {
					return;
				}
				this.set(trace);
			}
			catch (problem) {
				this.missing(problem);
				return;
			}
			finally {
				this.updating = false;
			}
			this.readLogs();
			this.find.value = this.parameters.find ?? '';
			this.search();
		}
		this.choose(this.parameters.tab === 'logs' ? 'logs' : 'spans', false);
		if (this.parameters.span && this.parameters.span !== this.opened?.span.spanId) {
			this.waterfall.activate(this.parameters.span, true);
		}
	}

	/** The trace, and which of its spans are what was searched for in the list. */
	async read() {
		try {
			return await api.trace(this.id, this.parameters.q);
		}
		catch (problem) {
			if (problem.status !== 400 || !this.parameters.q) {
				throw problem;
			}
			return api.trace(this.id);
		}
	}

	missing(problem) {
		this.unread = problem.status !== 404;
		const id = /^[0-9a-f]{1,64}$/i.test(this.id);
		if (this.awaited && problem.status === 404) {
			return;
		}
		// Its first span may come only now.
		this.awaited = problem.status === 404 && id && Date.now() + AWAITED;
		this.head.replaceChildren(h('div', { class: 'empty' }, h('h2', {}, problem.status === 404 ? 'This trace is not held here' : 'The trace could not be read'),
			h('p', {}, id ? foreign(problem.message) : 'The address has no trace id, which is 32 hexadecimal digits.'),
			h('p', {}, h('a', { href: '#/' }, 'All traces'))));
	}

	onStatus(status) {
		if (this.awaited > Date.now() && status.revision !== this.revision && !this.updating) {
			this.revision = status.revision;
			this.show(new URLSearchParams(this.parameters));
			return;
		}
		const young = this.trace && Date.now() * 1000 - this.trace.start - this.trace.duration / 1000 < (this.trace.complete ? RECENT : 4 * RECENT);
		if (young && status.revision !== this.revision && this.trace.spans.length < 5000 && !this.updating) {
			this.revision = status.revision;
			this.update();
		}
	}

	/** Late spans of a young trace join what is shown. */
	async update() {
		this.updating = true;
		try {
			const trace = await this.read();
			const more = trace.spans.length - this.trace.spans.length;
			if (!this.gone && (more !== 0 || trace.findings?.length !== this.trace.findings?.length)) {
				this.waterfall.highlight(undefined);
				this.set(trace);
				this.search();
				this.readLogs();
				announce(`${plural(Math.abs(more), 'span')} more`);
			}
		}
		catch {
			// It may just have been evicted; what is shown stays.
		}
		finally {
			this.updating = false;
		}
	}

	set(trace) {
		this.trace = trace;
		this.awaited = false;
		this.revision = trace.revision;
		this.title = plain(trace.name, 80);
		this.app.entitle(this.title);
		this.renderHead();
		this.renderFindings();
		this.body.hidden = false;
		this.spansTab.lastChild.textContent = count(trace.spans.length);
		this.critical.hidden = (trace.criticalPath ?? []).length === 0;
		this.waterfall.set(trace);
	}

	renderHead() {
		const { trace } = this;
		this.head.replaceChildren(
			h('div', { class: 'trace-title' }, h('a', { class: 'back', href: '#/', 'aria-label': 'Back to all traces', title: 'Back (Esc)', onclick: (event) => {
				event.preventDefault();
				this.app.back();
			} }, icon('left')), h('h1', {}, foreign(trace.name, 300)), !trace.complete && h('span', { class: 'code' }, 'incomplete')),
			h('div', { class: 'trace-actions' },
				h('button', { type: 'button', class: 'button id', 'aria-label': 'Copy the trace id', title: 'Copy the trace id (c)', onclick: () => copy(trace.traceId, 'the trace id') }, icon('copy'), h('span', {}, plain(trace.traceId, 8).replace('…', ''), '…')),
				menu('Compare', 'compare', [['With what is usual for it', `#/compare/${encodeURIComponent(this.id)}?with=usual`], ['With another trace …', () => this.chooseOther()]].map(([text, to]) => [text, typeof to === 'string' ? () => this.app.go(`/compare/${encodeURIComponent(this.id)}`, { with: 'usual' }) : to])),
				menu('Export', 'download', [['Copy as JSON', () => copy(JSON.stringify(this.trace, null, 2), 'the trace as JSON')],
					['Copy as OTLP', async () => {
						try {
							copy(JSON.stringify(await api.otlp(this.id)), 'the trace as OTLP');
						}
						catch (problem) {
							this.app.lost(problem);
						}
					}], ['Download OTLP', api.otlpUrl(this.id)]])),
			h('dl', { class: 'facts' }, this.fact('Duration', duration(trace.duration)), this.fact('Started', moment(trace.start), age(trace.start) === 'now' ? 'just now' : `${age(trace.start)} ago`),
				this.fact('Spans', count(trace.spans.length)), this.fact('Errors', count(trace.errors), undefined, trace.errors > 0 && 'bad'),
				h('div', { class: 'fact-services' }, h('dt', {}, 'Services'), h('dd', {}, trace.services.map((service) => h('span', { class: 'service' }, h('i', { class: `dot ${colour(service.name)}` }), foreign(service.name, 60), h('span', { class: 'number' }, count(service.spans))))))));
	}

	fact(name, value, more, state) {
		return h('div', {}, h('dt', {}, name), h('dd', { class: state || '' }, value, more && h('span', { class: 'share' }, more)));
	}

	renderFindings() {
		const findings = this.trace.findings ?? [];
		this.findings.hidden = false;
		if (findings.length === 0) {
			const failed = this.trace.spans.filter((span) => span.status === 'ERROR');
			const handled = failed.length > 0 && failed.every((span) => span.parentId);
			this.findings.replaceChildren(h('p', { class: 'nothing' }, handled
				? `Nothing stands out in this trace: ${plural(failed.length, 'span')} failed, but not the trace as a whole.` : 'Nothing stands out in this trace.'));
			return;
		}
		this.findings.replaceChildren(h('h2', {}, findings.length === 1 ? 'One thing stands out' : `${findings.length} things stand out`),
			h('div', { class: 'finding-list' }, findings.map((finding) => this.finding(finding))));
	}

	finding(finding) {
		const fill = h('span', { class: 'impact-fill' });
		fill.style.width = `${Math.max(2, Math.min(100, finding.share * 100))}%`;
		const kind = plain(finding.kind, 40);
		return h('article', { class: /^(ERROR_ORIGIN|FAILING_DEPENDENCY|LOST_TRACE)$/.test(kind) ? 'finding severe' : 'finding' },
			h('button', { type: 'button', class: 'finding-button', 'aria-pressed': 'false', title: 'Show its spans', onclick: (event) => this.showFinding(finding, event.currentTarget) },
				h('span', { class: 'impact' }, h('span', { class: 'impact-figure' }, duration(finding.impact), h('span', { class: 'share' }, percent(finding.share))), h('span', { class: 'impact-track' }, fill),
					h('span', { class: 'finding-kind' }, KINDS[kind] ?? kind.toLowerCase().replaceAll('_', ' '))),
				h('span', { class: 'finding-text' }, h('strong', {}, prose(finding.title, 300)), h('span', { class: 'cause' }, prose(finding.cause)),
					h('span', { class: 'finding-spans' }, `${finding.spans.length >= 100 ? '100 or more spans' : plural(finding.spans.length, 'span')}`))),
			h('div', { class: 'finding-action' }, h('span', { class: 'action-label' }, 'What to do'), h('p', {}, prose(finding.action))));
	}

	showFinding(finding, pressed) {
		const on = pressed.getAttribute('aria-pressed') !== 'true';
		this.findings.querySelectorAll('.finding-button').forEach((other) => other.setAttribute('aria-pressed', String(other === pressed && on)));
		this.waterfall.highlight(on ? finding.spans : undefined);
		if (on && finding.spans.length > 0) {
			this.choose('spans');
			this.waterfall.activate(finding.spans[0], !this.aside.hidden);
			announce(`${plural(finding.spans.length, 'span')} highlighted`);
		}
	}

	toggleCritical() {
		this.waterfall.showCritical = !this.waterfall.showCritical;
		this.critical.setAttribute('aria-pressed', String(this.waterfall.showCritical));
		this.waterfall.redraw();
	}

	async readLogs() {
		const ofOpened = () => (this.lines ?? []).filter((line) => line.spanId === this.opened?.span.spanId).length;
		const before = ofOpened();
		try {
			const { logs, dropped } = await api.logs(this.id);
			this.lines = logs;
			this.droppedLines = dropped;
		}
		catch {
			this.lines = [];
		}
		this.logsTab.lastChild.textContent = count(this.lines.length);
		this.renderLogs();
		// Who reads or types there is not disturbed for nothing.
		if (this.opened && ofOpened() !== before) {
			this.open(this.opened, false);
		}
	}

	renderLogs() {
		const level = h('select', { 'aria-label': 'Least level', onchange: () => fill() }, LEVELS.map((name) => h('option', { value: name }, name === 'TRACE' ? 'All levels' : `${name} and above`)));
		const text = h('input', { type: 'search', class: 'filter', placeholder: 'Filter lines', 'aria-label': 'Filter lines', oninput: () => fill() });
		const list = h('div', { class: 'log-list' });
		const fill = () => {
			const least = LEVELS.indexOf(level.value);
			const wanted = text.value.toLowerCase();
			const lines = (this.lines ?? []).filter((line) => (least === 0 || LEVELS.indexOf(line.level) >= least)
				&& `${line.message} ${line.logger} ${line.thread}`.toLowerCase().includes(wanted));
			list.replaceChildren(...lines.slice(0, 2000).map((line) => logLine(line, this.waterfall.tree.byId.get(line.spanId)?.span, () => {
				this.choose('spans');
				this.waterfall.activate(line.spanId, true);
			})), lines.length === 0 ? h('p', { class: 'empty-line' }, (this.lines ?? []).length > 0 ? 'No line matches.' : this.nothingLogged()) : '',
			this.droppedLines > 0 ? h('p', { class: 'quiet' }, `${plural(this.droppedLines, 'line')} more were dropped at a limit.`) : '');
		};
		this.logs.replaceChildren(h('div', { class: 'log-tools' }, level, text), list);
		fill();
	}

	/** Only what the application itself logs is seen here. */
	nothingLogged() {
		const { logs, service } = this.app.status ?? {};
		if (logs === false) {
			return 'Logs are not captured here.';
		}
		const others = this.trace.services.some((other) => other.name !== service);
		return `${plain(service ?? 'The application', 60)} logged nothing within this trace.${others ? ' What other services logged is not captured here.' : ''}`;
	}

	choose(tab, remember = true) {
		const logs = tab === 'logs';
		this.logs.hidden = !logs;
		this.spans.hidden = logs;
		this.waterfall.head.hidden = logs;
		this.spanTools.hidden = logs;
		this.finder.hidden = logs;
		for (const [element, chosen] of [[this.spansTab, !logs], [this.logsTab, logs]]) {
			element.setAttribute('aria-selected', String(chosen));
			element.tabIndex = chosen ? 0 : -1;
		}
		if (remember) {
			this.remember({ tab: logs ? 'logs' : undefined });
		}
		if (!logs) {
			this.waterfall.redraw();
		}
	}

	remember(changes) {
		this.parameters = { ...this.parameters, ...changes };
		if (!this.gone) {
			this.app.replace(`/trace/${encodeURIComponent(this.id)}`, this.parameters);
		}
	}

	open(node, focus = true) {
		this.opened = node;
		const scrolled = this.aside.scrollTop;
		this.aside.replaceChildren(spanDetail(this.app, this.trace, node, this.lines, { onClose: () => this.close(), onLog: () => this.choose('logs') }));
		const appeared = this.aside.hidden;
		this.aside.hidden = false;
		this.body.classList.add('with-detail');
		this.aside.scrollTop = focus ? 0 : scrolled;
		this.aside.setAttribute('aria-label', `Span ${plain(node.span.name, 100)}`);
		this.remember({ span: node.span.spanId });
		if (appeared) {
			this.waterfall.activate(node.span.spanId, false);
		}
	}

	close() {
		const had = !this.aside.hidden;
		this.aside.hidden = true;
		this.opened = undefined;
		this.body.classList.remove('with-detail');
		this.remember({ span: undefined });
		if (had) {
			this.waterfall.grid.focus({ preventScroll: true });
		}
		return had;
	}

	focusSearch() {
		this.choose('spans');
		this.find.focus();
		this.find.select();
	}

	search() {
		const text = this.find.value.trim().toLowerCase();
		const asked = text === '' ? this.trace.matches ?? [] : undefined;
		this.matched = asked ?? this.waterfall.tree.order.filter((node) => contains(node.span, text)).map((node) => node.span.spanId);
		this.at = -1;
		this.found.textContent = asked ? (asked.length === 0 ? '' : `${count(asked.length)} searched for`) : this.matched.length === 0 ? 'No match' : `${count(this.matched.length)} ${this.matched.length === 1 ? 'match' : 'matches'}`;
		this.previous.disabled = this.next.disabled = this.matched.length === 0;
		this.waterfall.setMatches(this.matched.length === 0 && asked ? undefined : this.matched);
		this.remember({ find: this.find.value.trim() || undefined });
	}

	step(by) {
		if (this.matched?.length > 0) {
			this.at = this.at < 0 ? (by > 0 ? 0 : this.matched.length - 1) : (this.at + by + this.matched.length) % this.matched.length;
			this.found.textContent = `${count(this.at + 1)} of ${count(this.matched.length)}`;
			this.choose('spans');
			this.waterfall.setMatches(this.matched, this.matched[this.at]);
			this.waterfall.activate(this.matched[this.at], !this.aside.hidden);
		}
	}

	findKey(event) {
		if (event.key === 'Enter') {
			event.preventDefault();
			this.step(event.shiftKey ? -1 : 1);
		}
		else if (event.key === 'Escape' && this.find.value !== '') {
			event.stopPropagation();
			this.find.value = '';
			this.search();
			this.waterfall.grid.focus({ preventScroll: true });
		}
	}

	async chooseOther() {
		const input = h('input', { type: 'text', class: 'wide', 'aria-label': 'Trace id', placeholder: 'Trace id', spellcheck: 'false', maxlength: 64 });
		const list = h('div', { class: 'choices' }, h('p', { class: 'quiet' }, 'Looking for others of the same name …'));
		const go = (id) => {
			opened.close();
			this.app.go(`/compare/${encodeURIComponent(this.id)}`, { with: id });
		};
		const opened = dialog('Compare with', h('div', { class: 'find' }, input, button('Compare', undefined, () => input.value.trim() && go(input.value.trim()))), list);
		input.addEventListener('keydown', (event) => {
			if (event.key === 'Enter' && input.value.trim()) {
				go(input.value.trim());
			}
		});
		try {
			const { traces } = await api.search({ q: condition('root.name', this.trace.name), limit: 20 });
			const others = traces.filter((trace) => trace.traceId !== this.id);
			list.replaceChildren(...others.map((trace) => h('button', { type: 'button', class: 'choice', onclick: () => go(trace.traceId) },
				h('span', {}, foreign(trace.name, 100)), h('span', { class: 'number' }, duration(trace.duration)), h('span', { class: 'number' }, plural(trace.spans, 'span')), h('span', { class: 'number' }, moment(trace.start)))),
			others.length === 0 ? h('p', { class: 'quiet' }, 'No other trace of this name is held.') : '');
		}
		catch (problem) {
			list.replaceChildren(h('p', { class: 'quiet' }, foreign(problem.message)));
		}
	}

	escape() {
		if (!this.aside.hidden) {
			return this.close();
		}
		if (this.waterfall.highlighted) {
			this.waterfall.highlight(undefined);
			this.findings.querySelectorAll('.finding-button').forEach((pressed) => pressed.setAttribute('aria-pressed', 'false'));
			return true;
		}
		return false;
	}

	key(event) {
		if (event.key === 'c') {
			copy(this.id, 'the trace id');
		}
		else if (event.key === 'n' || event.key === 'N') {
			this.step(event.key === 'n' ? 1 : -1);
		}
		else if (!this.spans.hidden && this.trace && !(event.target.closest('button, a, summary, [role=tab]') && event.key === 'Enter')
			&& (document.activeElement === document.body || document.activeElement === this.app.view || /^[jk]$/.test(event.key))) {
			this.waterfall.grid.focus({ preventScroll: true });
			this.waterfall.key(event);
		}
	}

}
