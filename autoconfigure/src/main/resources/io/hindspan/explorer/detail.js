// What is known of one span: errors, attributes, events, links, logs and its resource.

import { button, copy, foreign, h, icon, longText, plain, textOf } from './dom.js';
import { bytes, colour, count, duration, percent, plural } from './format.js';
import { attribute } from './query.js';

const FRAMEWORK = /^\s*at (?:[\w.$]+(?:@[\w.$-]+)?\/{1,2})?(?:java|javax|jakarta|jdk|sun|com\.sun|kotlin|kotlinx|scala|groovy|org\.springframework|org\.apache|org\.hibernate|org\.postgresql|org\.mariadb|com\.mysql|com\.zaxxer|org\.h2|io\.netty|reactor|io\.reactivex|io\.lettuce|redis\.clients|com\.rabbitmq|org\.eclipse\.jetty|io\.undertow|io\.micrometer|io\.opentelemetry|io\.hindspan(?!\.sample\b)|com\.fasterxml|tools\.jackson|org\.junit|org\.aspectj|net\.bytebuddy|io\.grpc|com\.mongodb|software\.amazon)\./;

/** A stack trace, with what frameworks did folded away. */
export function stackTrace(text) {
	const whole = String(text);
	const lines = (whole.length > 200_000 ? whole.slice(0, 200_000) : whole).split(/\r?\n/);
	const element = h('div', { class: 'stack', tabindex: '0', role: 'group', 'aria-label': 'Stack trace' });
	for (let i = 0; i < lines.length && i < 4000; i++) {
		let end = i;
		while (end < lines.length && FRAMEWORK.test(lines[end])) {
			end++;
		}
		if (end - i > 1) {
			const hidden = lines.slice(i, end);
			const opener = h('button', { type: 'button', class: 'frames', onclick: () => opener.replaceWith(...hidden.map((line) => frame(line, 'frame quiet'))) }, `… ${hidden.length} frames of frameworks`);
			element.append(opener);
			i = end - 1;
		}
		else if (lines[i] !== '') {
			element.append(frame(lines[i], /^\s*at /.test(lines[i]) ? 'frame own' : 'frame cause'));
		}
	}
	if (whole.length > 200_000) {
		element.append(h('div', { class: 'frame quiet' }, `… ${bytes(whole.length)} in all`));
	}
	return h('div', { class: 'stack-holder' }, element, button('Copy the stack trace', 'copy', () => copy(whole, 'the stack trace'), { quiet: true }));
}

// The blank after "at" must not be where a long line breaks.
const frame = (line, name) => h('div', { class: name }, foreign(line.replace(/^\s*at /, 'at\u00a0'), 2000));

/** Names and values, each to be copied or searched for. */
function attributes(app, entries, { search = true } = {}) {
	return h('dl', { class: 'attributes' }, entries.map(([name, value]) => {
		const text = textOf(value);
		const one = Array.isArray(value) ? value[0] : value;
		return h('div', { class: 'attribute' }, h('dt', {}, foreign(name, 200)), h('dd', { class: typeof value === 'string' ? '' : 'number' }, longText(text, 600, bytes)),
			h('span', { class: 'attribute-actions' },
				button(`Copy the value of ${plain(name, 60)}`, 'copy', () => copy(text, plain(name, 60)), { quiet: true }),
				search && text.length <= 500 && one !== undefined && typeof one !== 'object' && button(`Search for traces with this ${plain(name, 60)}`, 'search', () => app.go('/', { q: attribute(name, one) }), { quiet: true })));
	}));
}

function section(title, number, ...children) {
	return h('section', { class: 'detail-section' }, h('h3', {}, title, number !== undefined && h('span', { class: 'number' }, String(number))), ...children);
}

export function spanDetail(app, trace, node, logs, { onClose, onLog }) {
	const { span } = node;
	const entries = Object.entries(span.attributes ?? {}).sort(([one], [other]) => one.localeCompare(other));
	const exceptions = (span.events ?? []).filter((event) => event.name === 'exception');
	const events = (span.events ?? []).filter((event) => event.name !== 'exception');
	const own = logs?.filter((line) => line.spanId === span.spanId) ?? [];
	const element = h('div', { class: 'detail-content' },
		h('header', { class: 'detail-head' },
			h('h2', {}, foreign(span.name, 300)),
			button('Close the details', 'close', onClose, { quiet: true }),
			h('p', {}, h('i', { class: `dot ${colour(span.service)}` }), foreign(span.service, 80), h('span', { class: 'kind' }, plain(span.kind, 20).toLowerCase()))),
		h('dl', { class: 'facts' },
			fact('Duration', duration(span.duration), trace.duration > 0 && percent(span.duration / trace.duration)),
			fact('Self', duration(node.self), span.duration > 0 && percent(node.self / span.duration)),
			fact('Starts', span.start === 0 ? '0' : duration(span.start)),
			fact('Children', count(node.children.length))));
	if (span.status === 'ERROR' || exceptions.length > 0) {
		element.append(h('section', { class: 'detail-section problem' },
			h('h3', {}, icon('error'), span.status === 'ERROR' ? 'Failed' : 'Exception'),
			span.statusMessage && !exceptions.some((event) => event.attributes?.['exception.message'] === span.statusMessage) && h('div', { class: 'problem-message' }, longText(span.statusMessage)),
			exceptions.map((event) => exception(event))));
	}
	if (entries.length > 0) {
		element.append(attributeSection(app, entries, span.droppedAttributes));
	}
	else {
		element.append(section('Attributes', 0, h('p', { class: 'quiet' }, 'None.')));
	}
	if (events.length > 0 || span.droppedEvents > 0) {
		element.append(section('Events', events.length, events.slice(0, 200).map((event) => unfold('event', [h('span', { class: 'event-time' }, duration(event.time)), foreign(event.name, 120)],
			() => attributes(app, Object.entries(event.attributes ?? {}), { search: false }))),
		dropped(span.droppedEvents, 'event')));
	}
	if ((span.links ?? []).length > 0 || span.droppedLinks > 0) {
		element.append(section('Links', span.links.length, span.links.slice(0, 200).map((link) => h('div', { class: 'span-link' }, icon('link'),
			link.known && /^[0-9a-f]{32}$/i.test(link.traceId) ? h('a', { href: `#/trace/${link.traceId}?span=${encodeURIComponent(link.spanId)}` }, link.traceId) : foreign(link.traceId, 64),
			!link.known && h('span', { class: 'quiet' }, 'not held here'), attributes(app, Object.entries(link.attributes ?? {}), { search: false }))),
		dropped(span.droppedLinks, 'link')));
	}
	if (own.length > 0) {
		element.append(section('Logs', own.length, own.slice(0, 100).map((line) => logLine(line)),
			h('button', { type: 'button', class: 'more', onclick: onLog }, 'All logs of the trace')));
	}
	const resource = trace.resources?.[span.resource];
	element.append(h('details', { class: 'detail-section' }, h('summary', {}, 'Resource and ids'),
		attributes(app, [['span id', span.spanId], ...(span.parentId ? [['parent id', span.parentId]] : []), ...(span.scope ? [['scope', span.scope]] : [])], { search: false }),
		attributes(app, Object.entries(resource ?? {}))));
	return element;
}

/** Something that is made when it is opened. */
function unfold(name, summary, make) {
	const element = h('details', { class: name, ontoggle: () => {
		if (element.open && element.children.length === 1) {
			element.append(make());
		}
	} }, h('summary', {}, summary));
	return element;
}

const fact = (name, value, share) => h('div', {}, h('dt', {}, name), h('dd', {}, value, share && h('span', { class: 'share' }, share)));

const dropped = (number, what) => number > 0 && h('p', { class: 'quiet' }, `${plural(number, what)} more were dropped at a limit.`);

function exception({ attributes: values = {} }) {
	return h('div', { class: 'exception' }, values['exception.type'] && h('strong', {}, foreign(values['exception.type'], 300)),
		values['exception.message'] && longText(values['exception.message']), values['exception.stacktrace'] && stackTrace(values['exception.stacktrace']));
}

function attributeSection(app, entries, lost) {
	const holder = h('div', {}, attributes(app, entries));
	const filter = entries.length > 5 && h('input', {
		type: 'search', class: 'filter', placeholder: 'Filter', 'aria-label': 'Filter attributes', oninput: (event) => {
			const text = event.target.value.toLowerCase();
			const found = entries.filter(([name, value]) => name.toLowerCase().includes(text) || textOf(value).slice(0, 20_000).toLowerCase().includes(text));
			holder.replaceChildren(found.length > 0 ? attributes(app, found) : h('p', { class: 'quiet' }, 'No attribute matches.'));
		},
	});
	return h('section', { class: 'detail-section' }, h('div', { class: 'section-head' }, h('h3', {}, 'Attributes', h('span', { class: 'number' }, String(entries.length))), filter), holder, dropped(lost, 'attribute'));
}

const LEVELS = new Set(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']);

export function logLine(line, span, onSpan) {
	const level = plain(line.level, 10);
	return h('div', { class: `log ${LEVELS.has(level) ? `level-${level.toLowerCase()}` : ''}` },
		h('span', { class: 'log-time' }, duration(line.time)), h('span', { class: 'log-level' }, level),
		h('span', { class: 'log-logger', title: `${plain(line.logger)} · ${plain(line.thread ?? '')}` }, foreign(String(line.logger).split('.').pop(), 60)),
		h('div', { class: 'log-message' }, longText(line.message, 2000), line.throwable && unfold('thrown', [foreign(String(line.throwable).slice(0, 1000).split('\n')[0], 200)], () => stackTrace(line.throwable))),
		span && h('button', { type: 'button', class: 'log-span', title: `Show ${plain(span.name)}`, onclick: onSpan }, foreign(span.name, 80)));
}
