// How long traces took: a bar for each range of durations, to be clicked or dragged over.

import { h } from './dom.js';
import { duration, plural } from './format.js';

export class Histogram {

	constructor(onRange) {
		this.onRange = onRange;
		this.bars = h('div', { class: 'bars' });
		this.axis = h('div', { class: 'axis', 'aria-hidden': 'true' });
		this.element = h('div', { class: 'histogram', role: 'group', 'aria-label': 'Durations: choose a range to search for it' }, this.bars, this.axis);
		this.bars.addEventListener('pointerdown', (event) => this.begin(event));
		this.bars.addEventListener('pointermove', (event) => this.drag(event));
		this.bars.addEventListener('pointerup', (event) => this.end(event));
		this.bars.addEventListener('pointercancel', () => this.mark(undefined));
		this.bars.addEventListener('click', (event) => {
			// A pointer's click has been answered when it was let go; the keyboard's has no position.
			if (event.detail === 0) {
				this.choose(this.indexOf(event.target), this.indexOf(event.target));
			}
		});
	}

	indexOf(target) {
		return [...this.bars.children].indexOf(target.closest('button'));
	}

	at(event) {
		const box = this.bars.getBoundingClientRect();
		return Math.max(0, Math.min(this.counts.length - 1, Math.floor((event.clientX - box.left) / box.width * this.counts.length)));
	}

	begin(event) {
		if (event.button === 0 && this.counts?.length > 0) {
			this.from = this.at(event);
			this.bars.setPointerCapture(event.pointerId);
			this.mark([this.from, this.from]);
		}
	}

	drag(event) {
		if (this.from !== undefined) {
			const to = this.at(event);
			this.mark([Math.min(this.from, to), Math.max(this.from, to)]);
		}
	}

	end(event) {
		if (this.from !== undefined) {
			const to = this.at(event);
			const from = this.from;
			this.mark(undefined);
			this.choose(Math.min(from, to), Math.max(from, to));
		}
	}

	mark(range) {
		if (!range) {
			this.from = undefined;
		}
		[...this.bars.children].forEach((bar, i) => bar.classList.toggle('chosen', Boolean(range) && i >= range[0] && i <= range[1]));
	}

	choose(from, to) {
		this.onRange(from > 0 ? this.bounds[from - 1] : undefined, this.bounds[to]);
	}

	set({ bounds = [], counts = [], errors = [] } = {}) {
		const key = JSON.stringify([bounds, counts, errors]);
		if (key === this.shown || this.from !== undefined) {
			return;
		}
		this.shown = key;
		this.bounds = bounds;
		this.counts = counts;
		this.element.hidden = counts.every((value) => value === 0);
		const most = Math.max(1, ...counts);
		const bars = [...this.bars.children];
		while (bars.length > counts.length) {
			bars.pop().remove();
		}
		counts.forEach((value, i) => {
			if (!bars[i]) {
				bars[i] = h('button', { type: 'button', class: 'bar' }, h('span', { class: 'bar-all' }, h('span', { class: 'bar-errors' })));
				this.bars.append(bars[i]);
			}
			const range = i === 0 ? `up to ${duration(bounds[0])}` : i === bounds.length ? `${duration(bounds[i - 1])} and more`
				: `${duration(bounds[i - 1])} to ${duration(bounds[i])}`;
			const label = `${range}: ${plural(value, 'trace')}${errors[i] ? `, ${errors[i]} with errors` : ''}`;
			bars[i].setAttribute('aria-label', label);
			bars[i].title = label;
			bars[i].firstChild.style.height = `${value === 0 ? 0 : Math.max(6, value / most * 100)}%`;
			bars[i].firstChild.firstChild.style.height = `${value === 0 ? 0 : (errors[i] ?? 0) / value * 100}%`;
		});
		const every = Math.ceil(bounds.length / 14);
		this.axis.replaceChildren(...bounds.map((bound, i) => {
			const tick = h('span', {}, i % every === 0 ? duration(bound) : '');
			tick.style.left = `${(i + 1) / counts.length * 100}%`;
			return tick;
		}));
	}

}
