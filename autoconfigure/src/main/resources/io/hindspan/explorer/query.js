// What the page writes into a query for the user: conditions are added and taken away at the top level.

import { queryDuration } from './format.js';

export const ERRORS = 'trace.errors>0';

export const SLOW = 'trace.duration>1s';

/** A value as a query writes it, in quotes where a character could mean something. */
export function quote(value) {
	const text = String(value);
	return /^[\p{L}\p{N}_./:@%+-]+$/u.test(text) && !/^(and|or|not)$/i.test(text) && !text.startsWith('-')
		? text : `"${escape(text)}"`;
}

/** A condition on what the page itself names: a key of the language. */
export const condition = (key, value) => `${key}=${quote(value)}`;

const OWN = /^(service|name|operation|kind|status|error|duration|scope|event|and|or|not)$|^(trace|span|root|link|resource|event)\./i;

/** A condition on an attribute, whatever it is called: in quotes a key is always one. */
export function attribute(key, value) {
	return `${/^[\p{L}_][\p{L}\p{N}_./@%+-]*$/u.test(key) && !OWN.test(key) ? key : `"${escape(key)}"`}=${quote(value)}`;
}

const escape = (text) => text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t');

/** The words at the top level: apart at blanks that are in neither quotes nor brackets. */
export function words(query) {
	const found = [];
	let word = '';
	let quoted = '';
	let depth = 0;
	for (let i = 0; i < query.length; i++) {
		const c = query[i];
		if (quoted || c === '"' || (c === '\'' && word === '')) {
			quoted = quoted ? (c === quoted ? '' : quoted) : c;
		}
		else if (c === '(' || c === '{') {
			depth++;
		}
		else if (c === ')' || c === '}') {
			depth--;
		}
		else if (/\s/.test(c) && depth <= 0) {
			if (word) {
				found.push(word);
			}
			word = '';
			continue;
		}
		word += c;
		if (c === '\\' && i + 1 < query.length) {
			word += query[++i];
		}
	}
	return word ? [...found, word] : found;
}

export const has = (query, term) => words(query).includes(term);

export function add(query, term) {
	if (has(query, term)) {
		return query;
	}
	const alternatives = words(query).some((word) => /^(or|\|\|)$/i.test(word));
	return [alternatives ? `(${query.trim()})` : query.trim(), term].filter(Boolean).join(' ');
}

export const remove = (query, unwanted) => {
	const matches = typeof unwanted === 'string' ? (word) => word === unwanted : unwanted;
	const rest = [];
	for (const word of words(query)) {
		if (matches(word)) {
			if (/^(and|&&)$/i.test(rest.at(-1) ?? '')) {
				rest.pop();
			}
		}
		else if (rest.length > 0 || !/^(and|&&)$/i.test(word)) {
			rest.push(word);
		}
	}
	return rest.join(' ');
};

export const toggle = (query, term) => has(query, term) ? remove(query, term) : add(query, term);

const DURATION = /^trace\.duration(<|>)/;

/** Asks for durations from one bound to the other, instead of those that were asked for before. */
export function between(query, from, to) {
	let result = remove(query, (word) => DURATION.test(word));
	if (from !== undefined) {
		result = add(result, `trace.duration>=${queryDuration(from)}`);
	}
	return to !== undefined ? add(result, `trace.duration<${queryDuration(to)}`) : result;
}

export const withoutDurations = (query) => remove(query, (word) => DURATION.test(word));

export const serviceOf = (query) => words(query).find((word) => word.startsWith('service='));

/** The word at the cursor: what of a field, an operator and a value is there already. */
export function atCursor(query, cursor) {
	const before = query.slice(0, cursor);
	const match = /(?:^|[\s({!-])([\p{L}_][\p{L}\p{N}_.-]*)(?:(:?[!<>]?=|[:<>~]|!~)("?)([^\s"(){}]*))?$/u.exec(before);
	if (!match) {
		return /(^|[\s({])$/.test(before) ? { field: '', start: cursor } : undefined;
	}
	const [, field, operator, open, value] = match;
	return operator === undefined ? { field, start: cursor - field.length }
		: { field, operator, value, start: cursor - value.length - open.length };
}
