// The search box: a combobox that suggests fields and values, and shows where a query is wrong.

import { api } from './api.js';
import { button, foreign, h, icon, plain } from './dom.js';
import { atCursor, quote } from './query.js';

const EXAMPLES = [
	['status=error', 'with a span that failed'],
	['trace.duration>1s', 'that took more than a second'],
	['http.response.status_code>=500', 'answered with a 5xx'],
	['db.system.name=postgresql duration>100ms', 'with a statement of more than 100 ms'],
	['cache.hit=false', 'with a miss of a cache'],
];

/** What the language itself names, beside the attributes that the application tells. */
const OWN = Object.entries({
	'duration': 'of a span: >100ms', 'error': 'a span that failed: true, false', 'event': 'the name of an event', 'scope': 'the instrumentation', 'trace.duration': 'of the whole trace: >1s',
	'trace.errors': 'failed spans of the trace: >0', 'trace.spans': 'spans of the trace: >100', 'trace.id': '', 'span.id': '', 'root.name': 'what the trace is called', 'root.service': 'where the trace began',
});

export class SearchBox {

	constructor(onQuery) {
		this.onQuery = onQuery;
		this.suggestions = [];
		this.active = -1;
		this.input = h('input', {
			id: 'query', type: 'text', role: 'combobox', class: 'query-input', autocomplete: 'off', autocapitalize: 'off',
			spellcheck: 'false', 'aria-label': 'Search traces', 'aria-autocomplete': 'list', 'aria-expanded': 'false',
			'aria-controls': 'suggestions', 'aria-describedby': 'query-error', maxlength: 4000,
			placeholder: 'Search: http.route=/api/v1/tasks duration>100ms',
			oninput: () => this.suggest(), onkeydown: (event) => this.key(event), onblur: () => this.closeSoon(),
			onfocus: () => this.suggest(), onclick: () => this.suggest(),
		});
		this.list = h('ul', { id: 'suggestions', class: 'suggestions', role: 'listbox', 'aria-label': 'Suggestions', hidden: true,
			onmousedown: (event) => event.preventDefault() });
		this.clear = button('Clear the search', 'close', () => {
			this.input.value = '';
			this.submit();
			this.input.focus();
		}, { quiet: true });
		this.error = h('div', { id: 'query-error', class: 'query-error', role: 'alert', hidden: true });
		this.element = h('div', { class: 'search' },
			h('div', { class: 'query' }, icon('search'), this.input, this.clear, h('kbd', { class: 'hint', 'aria-hidden': 'true' }, '/'), this.list),
			this.error);
		this.set('');
	}

	set(query) {
		if (document.activeElement !== this.input || this.input.value.trim() !== query) {
			this.input.value = query;
		}
		this.clear.hidden = query === '';
	}

	focus() {
		this.input.focus();
		this.input.select();
	}

	/** Shows what is wrong with the query, under the character where it is. */
	fail(query, problem) {
		this.error.hidden = !problem;
		this.input.setAttribute('aria-invalid', String(Boolean(problem)));
		if (!problem) {
			return this.error.replaceChildren();
		}
		const children = [];
		if (problem.position !== undefined) {
			const at = Math.min(problem.position, query.length);
			const line = h('code', { class: 'query-place' }, query.slice(Math.max(0, at - 60), at),
				h('mark', {}, query.slice(at, at + 1) || '\u00a0'), query.slice(at + 1, at + 40));
			children.push(line);
			if (document.activeElement === this.input && this.marked !== query) {
				this.input.setSelectionRange(at, at);
			}
			this.marked = query;
		}
		return this.error.replaceChildren(...children, h('span', {}, icon('error'), foreign(problem.message)));
	}

	submit() {
		this.close();
		this.clear.hidden = this.input.value === '';
		this.onQuery(this.input.value.trim());
	}

	async suggest() {
		this.clear.hidden = this.input.value === '';
		const query = this.input.value;
		const place = atCursor(query, this.input.selectionStart);
		this.asked?.abort();
		if (query === '') {
			return this.show(EXAMPLES.map(([text, hint]) => ({ text, hint, replace: () => text, submit: true })));
		}
		if (!place) {
			return this.close();
		}
		this.asked = new AbortController();
		try {
			const { fields } = await api.fields(place.field, { signal: this.asked.signal });
			this.show(place.operator === undefined ? this.fieldsAt(place, fields) : this.valuesAt(place, fields));
		}
		catch {
			this.close();
		}
	}

	fieldsAt(place, fields) {
		const told = new Map(fields.map((field) => [field.name, field.values.slice(0, 3).join(' · ')]));
		OWN.filter(([name]) => !told.get(name)).forEach(([name, hint]) => told.set(name, hint));
		const sign = (name) => /duration$/.test(name) || /^trace\.(errors|spans)$/.test(name) ? '>' : '=';
		return [...told].filter(([name, hint]) => name.startsWith(place.field) && (name !== place.field || hint !== '')).sort(([one], [other]) => one.localeCompare(other)).slice(0, 12)
			.map(([name, hint]) => ({ text: name, hint, again: true,
				replace: (query, cursor) => query.slice(0, place.start) + quote(name) + (/^[=<>!:~]/.test(query.slice(cursor)) ? '' : sign(name)) }));
	}

	valuesAt(place, fields) {
		const values = (fields.find((field) => field.name === place.field)?.values ?? [])
			.map((value) => /^(status|kind)$/.test(place.field) ? value.toLowerCase() : value);
		return values.filter((value) => value.toLowerCase().startsWith(place.value.toLowerCase()) && value !== place.value).slice(0, 10)
			.map((value) => ({ text: value, hint: place.field, submit: true,
				replace: (query) => query.slice(0, place.start) + quote(value) }));
	}

	show(suggestions) {
		if (document.activeElement !== this.input || suggestions.length === 0) {
			return this.close();
		}
		this.suggestions = suggestions;
		this.active = -1;
		this.input.removeAttribute('aria-activedescendant');
		this.list.replaceChildren(...suggestions.map((suggestion, i) => h('li', {
			id: `suggestion-${i}`, role: 'option', 'aria-selected': 'false', onclick: () => this.take(suggestion),
		}, h('span', { class: 'suggestion' }, foreign(suggestion.text, 120)), h('span', { class: 'suggestion-hint' }, plain(suggestion.hint, 80)))));
		this.list.hidden = false;
		return this.input.setAttribute('aria-expanded', 'true');
	}

	take(suggestion) {
		const cursor = this.input.selectionStart;
		const head = suggestion.replace(this.input.value, cursor);
		this.input.value = head + this.input.value.slice(suggestion.text === head ? this.input.value.length : cursor);
		this.input.setSelectionRange(head.length, head.length);
		this.input.focus();
		if (suggestion.again) {
			this.suggest();
		}
		else if (suggestion.submit) {
			this.submit();
		}
	}

	move(by) {
		const count = this.suggestions.length;
		this.active = this.active < 0 ? (by > 0 ? 0 : count - 1) : (this.active + by + count) % count;
		[...this.list.children].forEach((item, i) => item.setAttribute('aria-selected', String(i === this.active)));
		this.list.children[this.active].scrollIntoView({ block: 'nearest' });
		this.input.setAttribute('aria-activedescendant', `suggestion-${this.active}`);
	}

	key(event) {
		const open = !this.list.hidden;
		if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
			event.preventDefault();
			if (open) {
				this.move(event.key === 'ArrowDown' ? 1 : -1);
			}
			else {
				this.suggest();
			}
		}
		else if (event.key === 'Enter') {
			event.preventDefault();
			if (open && this.active >= 0) {
				this.take(this.suggestions[this.active]);
			}
			else {
				this.submit();
			}
		}
		else if (event.key === 'Tab' && open && this.active >= 0) {
			event.preventDefault();
			this.take(this.suggestions[this.active]);
		}
		else if (event.key === 'Escape') {
			event.stopPropagation();
			if (open) {
				this.close();
			}
			else {
				this.input.blur();
			}
		}
	}

	closeSoon() {
		this.asked?.abort();
		this.close();
	}

	close() {
		this.list.hidden = true;
		this.suggestions = [];
		this.active = -1;
		this.input.setAttribute('aria-expanded', 'false');
		this.input.removeAttribute('aria-activedescendant');
	}

}
