// Elements and text. Whatever a trace says becomes a text node or an attribute that cannot act, never markup.

const SVG = 'http://www.w3.org/2000/svg';

const ICONS = {
	search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.5 10.5 14 14',
	error: 'M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8M8 4.8v3.8M8 11v.2',
	pause: 'M5.5 3.5v9M10.5 3.5v9',
	play: 'M5 3.2 12.5 8 5 12.8z',
	close: 'M4 4l8 8M12 4l-8 8',
	left: 'M10 3 5 8l5 5',
	right: 'M6 3l5 5-5 5',
	up: 'M3 10l5-5 5 5',
	down: 'M3 6l5 5 5-5',
	copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
	compare: 'M5 2v12M11 2v12M2 5l3-3 3 3M8 11l3 3 3-3',
	download: 'M8 2v8M4.5 7 8 10.5 11.5 7M2.5 13.5h11',
	theme: 'M8 1.8a6.2 6.2 0 1 0 0 12.4zM8 1.8a6.2 6.2 0 0 1 0 12.4',
	help: 'M5.6 5.6a2.4 2.4 0 1 1 3.5 2.2c-.8.4-1.1.8-1.1 1.7M8 12.2v.2',
	plus: 'M8 3v10M3 8h10',
	trash: 'M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9',
	collapse: 'M4 2.5 8 6.5l4-4M4 13.5l4-4 4 4',
	expand: 'M4 6.5l4-4 4 4M4 9.5l4 4 4-4',
	link: 'M6.5 9.5l3-3M7 4.5l1.2-1.2a3 3 0 0 1 4.5 4.5L11.5 9M9 11.5l-1.2 1.2a3 3 0 0 1-4.5-4.5L4.5 7',
	zoom: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.5 10.5 14 14M5 7h4',
};

// Characters that show nothing or turn the direction of what follows.
const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

const codePoint = (character) => `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

/** Plain text for attributes and titles: invisible characters are spelled out, and it is cut. */
export function plain(value, limit = 300) {
	const text = String(value);
	const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
	return cut.replace(INVISIBLE, (character) => `[${codePoint(character)}]`);
}

/** A value as text: lists and objects as JSON. */
export const textOf = (value) => typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);

/** Text from outside: isolated from its surroundings, with invisible characters made visible. */
export function foreign(value, limit = 400) {
	const element = document.createElement('bdi');
	const text = String(value);
	const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
	let from = 0;
	for (const match of cut.matchAll(INVISIBLE)) {
		element.append(cut.slice(from, match.index), h('span', { class: 'invisible' }, codePoint(match[0])));
		from = match.index + match[0].length;
	}
	element.append(cut.slice(from));
	return element;
}

/** A sentence in which what stands between backticks is code. */
export function prose(value, limit = 1000) {
	const text = String(value);
	return (text.length > limit ? `${text.slice(0, limit)}…` : text).split(/`([^`]+)`/)
		.map((part, i) => i % 2 === 1 ? h('code', {}, foreign(part, limit)) : part && foreign(part, limit));
}

/** Makes an element: properties that begin with "on" are listeners, the others attributes. */
export function h(name, properties = {}, ...children) {
	const element = document.createElement(name);
	for (const [key, value] of Object.entries(properties)) {
		if (value === undefined || value === null || value === false) {
			continue;
		}
		if (key.startsWith('on')) {
			element.addEventListener(key.slice(2), value);
		}
		else if (key === 'class') {
			element.className = value;
		}
		else if (key === 'value') {
			element.value = value;
		}
		else {
			element.setAttribute(key, value === true ? '' : String(value));
		}
	}
	element.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
	return element;
}

/** Makes an element of SVG. */
export function svg(name, attributes = {}, ...children) {
	const element = document.createElementNS(SVG, name);
	for (const [key, value] of Object.entries(attributes)) {
		if (value !== undefined && value !== null) {
			element.setAttribute(key, String(value));
		}
	}
	element.append(...children);
	return element;
}

/** An icon without a meaning of its own: a label stands beside it or on its button. */
export function icon(name) {
	return svg('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' }, svg('path', { d: ICONS[name] }));
}

/** A button with an icon, and a label that is shown or, with `quiet`, only told. */
export function button(label, iconName, onclick, { quiet = false, ...properties } = {}) {
	return h('button', {
		type: 'button', class: quiet ? 'button square' : 'button', onclick,
		'aria-label': quiet ? label : undefined, title: quiet ? label : undefined, ...properties,
	}, iconName && icon(iconName), quiet ? undefined : h('span', {}, label));
}

/** A button that opens a short list of actions. */
export function menu(label, iconName, items) {
	const list = h('div', { class: 'menu-list', role: 'menu', hidden: true });
	const opener = h('button', {
		type: 'button', class: 'button', 'aria-haspopup': 'menu', 'aria-expanded': 'false',
		onclick: () => toggle(list.hidden),
	}, icon(iconName), h('span', {}, label), icon('down'));
	const holder = h('div', { class: 'menu' }, opener, list);
	const entries = items.map(([text, action]) => typeof action === 'string'
		? h('a', { role: 'menuitem', tabindex: '-1', href: action, download: true, onclick: () => toggle(false) }, text)
		: h('button', { type: 'button', role: 'menuitem', tabindex: '-1', onclick: () => { toggle(false); action(); } }, text));
	list.append(...entries);
	function toggle(open) {
		list.hidden = !open;
		opener.setAttribute('aria-expanded', String(open));
		if (open) {
			entries[0].focus();
		}
		else if (holder.contains(document.activeElement)) {
			opener.focus();
		}
	}
	holder.addEventListener('focusout', (event) => {
		if (!holder.contains(event.relatedTarget)) {
			list.hidden = true;
			opener.setAttribute('aria-expanded', 'false');
		}
	});
	holder.addEventListener('keydown', (event) => {
		if (event.key === 'Escape' && !list.hidden) {
			event.stopPropagation();
			toggle(false);
		}
		else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && !list.hidden) {
			event.preventDefault();
			event.stopPropagation();
			const at = entries.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1);
			entries[(at + entries.length) % entries.length].focus();
		}
	});
	return holder;
}

/** A long text that is cut until all of it is asked for. */
export function longText(value, limit = 600, size = (length) => `${length.toLocaleString('en')} characters`) {
	const text = String(value);
	const element = h('div', { class: 'value' }, foreign(text, limit));
	if (text.length > limit) {
		const more = h('button', {
			type: 'button', class: 'more', onclick: () => {
				element.replaceChildren(foreign(text, Infinity));
			},
		}, `Show all ${size(text.length)}`);
		element.append(more);
	}
	return element;
}

/** Says something to those who do not see it appear. */
export function announce(message) {
	document.getElementById('announcer').textContent = message;
}

let toastTimer;

/** Copies a text, with the older way where the page is not in a secure context. */
export async function copy(text, what) {
	try {
		if (navigator.clipboard) {
			await navigator.clipboard.writeText(text);
		}
		else {
			const area = h('textarea', { class: 'hidden', value: text });
			document.body.append(area);
			area.select();
			const done = document.execCommand('copy');
			area.remove();
			if (!done) {
				throw new Error('refused');
			}
		}
		toast(`Copied ${what}`);
	}
	catch {
		toast(`The browser did not allow copying ${what}`);
	}
}

/** Shows a message for a moment. */
export function toast(message) {
	document.querySelector('.toast')?.remove();
	clearTimeout(toastTimer);
	const element = h('div', { class: 'toast' }, message);
	document.body.append(element);
	announce(message);
	toastTimer = setTimeout(() => element.remove(), 2500);
}

/** Opens a dialog with a title; it removes itself when it is closed. */
export function dialog(title, ...children) {
	const element = h('dialog', { class: 'dialog', 'aria-label': title },
		h('div', { class: 'dialog-head' }, h('h2', {}, title),
			button('Close', 'close', () => element.close(), { quiet: true })), ...children);
	element.addEventListener('close', () => element.remove());
	element.addEventListener('click', (event) => {
		if (event.target === element) {
			element.close();
		}
	});
	document.body.append(element);
	element.showModal();
	return element;
}
