// The page's frame: what the address asks for, the state of the connection, theme and keyboard.

import { api } from './api.js';
import { announce, button, dialog, foreign, h, icon, plain } from './dom.js';
import { bytes, colour, plural } from './format.js';
import { showBounds } from './bounds.js';
import { CompareView } from './compare.js';
import { ListView } from './list.js';
import { MapView } from './map.js';
import { TraceView } from './trace.js';

const EVERY = 500;

const KEYS = [
	['/', 'Search'], ['j, ↓', 'Next trace or span'], ['k, ↑', 'Previous trace or span'], ['Enter', 'Open a trace, or a span’s details'],
	['→', 'Expand a span, or go to its first child'], ['←', 'Collapse a span, or go to its parent'], ['n, N', 'Next, previous match within a trace'],
	['c', 'Copy the id of the trace'], ['Esc', 'Back'], ['p', 'Pause, go on'], ['b', 'What tracing takes, and its bounds'], ['?', 'This list'],
];

class App {

	view = document.getElementById('view');

	notice = document.getElementById('notice');

	scrolled = new Map();

	paused = false;

	failures = 0;

	constructor() {
		this.list = new ListView(this);
		this.state = h('span', { class: 'live-text' }, 'connecting');
		this.held = h('button', { type: 'button', class: 'held', onclick: () => this.bounds() });
		this.who = h('span', { class: 'who' });
		this.pause = h('button', { type: 'button', class: 'button live', 'aria-pressed': 'false', 'aria-label': 'Pause live updates', title: 'Pause live updates (p)', onclick: () => this.togglePause() },
			h('i', { class: 'pulse' }), this.state);
		this.links = [['/', 'Traces'], ['/services', 'Services']].map(([path, label]) => h('a', { href: `#${path}` }, label));
		document.getElementById('top').append(
			h('a', { class: 'brand', href: '#/', 'aria-label': 'Hindspan: all traces' }, h('img', { src: 'icon.svg', alt: '', width: 22, height: 22 }), h('span', {}, 'Hindspan')),
			this.who, h('nav', { 'aria-label': 'Views' }, this.links), h('span', { class: 'spacer' }), this.held, this.pause,
			button('Light or dark', 'theme', () => this.toggleTheme(), { quiet: true }),
			button('Keyboard shortcuts', 'help', () => this.help(), { quiet: true }));
		addEventListener('hashchange', () => this.route());
		document.addEventListener('keydown', (event) => this.key(event));
		document.addEventListener('visibilitychange', () => this.poll());
		this.start();
	}

	/** The first answers tell whose page this is: its service has the first colour, and others theirs by their names, in every view. */
	async start() {
		const signal = AbortSignal.timeout(3_000);
		const known = api.fields('service', { signal }).catch(() => ({ fields: [] }));
		try {
			this.status = await api.status({ signal });
			const { fields } = await known;
			[this.status.service, ...(fields.find((field) => field.name === 'service')?.values ?? []).sort()].forEach((name) => colour(name));
		}
		catch {
			// The poll says so, and goes on trying.
		}
		this.route();
		this.poll();
	}

	/** Shows what the address asks for. */
	route() {
		const [path, parameters] = location.hash.replace(/^#/, '').split(/\?(.*)/s);
		const parts = path.split('/').filter(Boolean).map((part) => {
			try {
				return decodeURIComponent(part);
			}
			catch {
				return part;
			}
		});
		const asked = new URLSearchParams(parameters);
		const [name = 'traces', id] = parts;
		const key = `${name}/${id ?? ''}`;
		const make = { trace: () => new TraceView(this, id), compare: () => new CompareView(this, id), services: () => new MapView(this) }[name] ?? (() => this.list);
		if (key !== this.key_) {
			const began = this.current !== undefined;
			if (began) {
				this.scrolled.set(this.key_, this.view.scrollTop);
				this.current.leave?.();
			}
			this.key_ = key;
			this.current = make();
			this.view.replaceChildren(this.current.element);
			this.view.dataset.view = name;
			this.view.scrollTop = this.current === this.list ? this.scrolled.get(key) ?? 0 : 0;
			this.links.forEach((link, i) => link.toggleAttribute('data-here', (i === 1) === (name === 'services')));
			this.links.forEach((link) => link.hasAttribute('data-here') ? link.setAttribute('aria-current', 'page') : link.removeAttribute('aria-current'));
			if (began) {
				this.view.focus({ preventScroll: true });
			}
			this.current.restore?.();
		}
		this.entitle(this.current.title);
		Promise.resolve(this.current.show(asked)).catch((problem) => this.lost(problem));
	}

	entitle(title) {
		document.title = `${plain(title, 80)} · ${this.status?.service ? `${plain(this.status.service, 40)} · ` : ''}Hindspan`;
	}

	static address(path, parameters = {}) {
		const asked = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== undefined && value !== ''));
		return `#${path}${asked.size > 0 ? `?${asked}` : ''}`;
	}

	go(path, parameters) {
		const address = App.address(path, parameters);
		if (address === location.hash || (address === '#/' && location.hash === '')) {
			this.route();
		}
		else {
			location.hash = address;
		}
	}

	/** Changes the address without a step in the history. */
	replace(path, parameters) {
		history.replaceState(null, '', App.address(path, parameters));
	}

	/** Asks for the state of the store, again and again while somebody looks. */
	async poll() {
		clearTimeout(this.timer);
		if (document.hidden || this.polling) {
			return;
		}
		this.polling = true;
		try {
			this.status = await api.status({ signal: AbortSignal.timeout(10_000) });
			if (this.failures > 0) {
				announce('Connected again');
				if (this.current.unread) {
					this.key_ = undefined;
					this.route();
				}
			}
			this.failures = 0;
			this.notice.hidden = true;
			this.showStatus();
			if (!this.paused) {
				this.current.onStatus?.(this.status);
			}
		}
		catch (problem) {
			this.failures++;
			this.lost(problem);
		}
		finally {
			this.polling = false;
			this.timer = setTimeout(() => this.poll(), Math.min(EVERY * 2 ** Math.min(this.failures, 3), 5000));
		}
	}

	showStatus() {
		const { status } = this;
		const dropped = (status.evictedBySize ?? 0) + (status.evictedByAge ?? 0);
		this.state.textContent = this.paused ? 'Paused' : 'Live';
		this.pause.dataset.state = this.paused ? 'paused' : 'live';
		const held = `${bytes(status.bytes)} of ${bytes(status.maxBytes)} held`;
		if (this.held.textContent !== held) {
			this.held.textContent = held;
			this.held.title = `${plural(status.traces, 'trace')}, ${plural(status.spans, 'span')} are held${dropped > 0 ? `; ${plural(dropped, 'older trace')} gave way` : ''}${status.rejectedSpans > 0 ? `; ${plural(status.rejectedSpans, 'span')} rejected` : ''}`;
		}
		const who = `${status.service}\n${status.environment}`;
		if (this.shownWho !== who) {
			this.shownWho = who;
			this.who.replaceChildren(foreign(status.service, 60), status.environment ? h('span', { class: 'environment' }, foreign(status.environment, 30)) : '');
			this.entitle(this.current.title);
		}
	}

	/** Says that something could not be asked for; a lost connection is tried again. */
	lost(problem) {
		this.notice.hidden = false;
		const text = problem.status > 0 && problem.status !== 503 ? problem.message : 'Connection lost. What you see is what was there before; trying again …';
		if (this.notice.textContent !== text) {
			this.notice.replaceChildren(icon('error'), h('span', {}, foreign(text)));
		}
		if (this.failures > 0) {
			this.state.textContent = 'Offline';
			this.pause.dataset.state = 'lost';
		}
	}

	async bounds() {
		if (this.asking) {
			return;
		}
		this.asking = true;
		try {
			await showBounds();
		}
		catch (problem) {
			this.lost(problem);
		}
		finally {
			this.asking = false;
		}
	}

	togglePause() {
		this.paused = !this.paused;
		this.pause.setAttribute('aria-pressed', String(this.paused));
		announce(this.paused ? 'Paused' : 'Live');
		if (this.status) {
			this.showStatus();
		}
		if (!this.paused) {
			this.poll();
		}
	}

	toggleTheme() {
		const root = document.documentElement;
		const dark = (root.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
		root.dataset.theme = dark ? 'light' : 'dark';
		try {
			localStorage.setItem('hindspan.theme', root.dataset.theme);
		}
		catch {
			// It holds for this page only, then.
		}
		announce(`${dark ? 'Light' : 'Dark'} theme`);
		this.current.onTheme?.();
	}

	help() {
		const help = dialog('Keyboard', h('p', {}, h('button', { type: 'button', class: 'button', onclick: () => {
			help.close();
			this.bounds();
		} }, 'What tracing takes')), h('dl', { class: 'keys' }, KEYS.map(([keys, what]) => h('div', {}, h('dt', {}, keys.split(', ').map((key) => h('kbd', {}, key))), h('dd', {}, what)))));
	}

	key(event) {
		if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) {
			return;
		}
		const typing = event.target.closest('input, select, textarea');
		if (typing) {
			if (event.key === 'Escape') {
				typing.blur();
			}
			return;
		}
		if (event.key === '/') {
			event.preventDefault();
			this.current.focusSearch?.();
		}
		else if (event.key === '?') {
			this.help();
		}
		else if (event.key === 'p') {
			this.togglePause();
		}
		else if (event.key === 'b') {
			this.bounds();
		}
		else if (event.key === 'Escape') {
			if (!this.current.escape?.() && this.current !== this.list) {
				this.back();
			}
		}
		else {
			this.current.key?.(event);
		}
	}

	/** To the list, as it was left. */
	back() {
		this.go('/', Object.fromEntries(Object.entries(this.list.parameters ?? {})
			.filter(([name, value]) => !(name === 'sort' && value === 'start') && !(name === 'order' && value === 'desc'))));
	}

}

new App();
