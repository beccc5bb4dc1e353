// What tracing takes of memory, disk and queues in the application, and what it may take.

import { api } from './api.js';
import { dialog, foreign, h } from './dom.js';
import { bytes, count } from './format.js';

const figure = (unit, value) => unit === 'bytes' ? bytes(value) : count(value);

function row({ what, unit, current, limit, givenUp, loss, property }) {
	return h('tr', {}, h('th', { scope: 'row' }, foreign(what), property && h('code', {}, property)),
		h('td', { class: 'number' }, current === undefined ? h('span', { class: 'quiet' }, '–') : figure(unit, current)),
		h('td', {}, current !== undefined && h('meter', { min: 0, max: limit, value: current, high: limit * .9, 'aria-label': `${Math.round(100 * current / limit)} %` })),
		h('td', { class: 'number' }, figure(unit, limit)),
		h('td', { class: givenUp > 0 ? 'warn' : 'quiet' }, givenUp > 0 ? `${count(givenUp)} ${loss}` : 'nothing'));
}

export async function showBounds() {
	const { bounds } = await api.bounds();
	const share = ({ current, limit }) => current === undefined ? -1 : current / limit;
	bounds.sort((one, other) => share(other) - share(one));
	const heads = [['What', ''], ['Now', 'number'], [h('span', { class: 'hidden' }, 'Share'), ''], ['At most', 'number'], ['Given up', '']];
	dialog('What tracing takes', h('p', { class: 'quiet' }, 'What would go beyond a bound is given up and counted, from the start of the application.'),
		h('table', {}, h('thead', {}, h('tr', {}, heads.map(([label, kind]) => h('th', { scope: 'col', class: kind }, label)))), h('tbody', {}, bounds.map(row))))
		.classList.add('bounds');
}
