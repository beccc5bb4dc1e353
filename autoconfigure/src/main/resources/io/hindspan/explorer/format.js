// Figures as people read them. Durations are nanoseconds, times microseconds since the epoch.

const three = (value) => value >= 100 ? Math.round(value).toString() : value >= 10 ? trim(value.toFixed(1)) : trim(value.toFixed(2));

const trim = (text) => text.replace(/\.?0+$/, '');

const UNITS = [['ns', 1], ['µs', 1e3], ['ms', 1e6], ['s', 1e9]];

export function duration(nanos) {
	if (!Number.isFinite(nanos)) {
		return '–';
	}
	if (Math.abs(nanos) >= 60e9) {
		const seconds = Math.round(nanos / 1e9);
		const [more, less, units] = seconds >= 3600 ? [Math.floor(seconds / 3600), Math.floor(seconds % 3600 / 60), ['h', 'm']]
			: [Math.floor(seconds / 60), seconds % 60, ['m', 's']];
		return `${more} ${units[0]}${less > 0 ? ` ${less} ${units[1]}` : ''}`;
	}
	let unit = UNITS[0];
	for (const candidate of UNITS) {
		if (Math.abs(nanos) >= candidate[1] * 0.9995) {
			unit = candidate;
		}
	}
	return `${nanos < 0 ? '−' : ''}${three(Math.abs(nanos) / unit[1])} ${unit[0]}`;
}

/** A duration as a query writes it. */
export function queryDuration(nanos) {
	const [unit, size] = nanos % 1e9 === 0 ? ['s', 1e9] : nanos % 1e3 !== 0 ? ['ns', 1] : nanos >= 1e6 ? ['ms', 1e6] : ['us', 1e3];
	return `${nanos / size}${unit}`;
}

export function age(micros, now = Date.now()) {
	const seconds = Math.max(0, Math.round(now / 1000 - micros / 1e6));
	return seconds < 2 ? 'now' : seconds < 60 ? `${seconds} s` : seconds < 3600 ? `${Math.floor(seconds / 60)} min`
		: seconds < 86400 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86400)} d`;
}

export function clock(micros) {
	const date = new Date(micros / 1000);
	const two = (value) => String(value).padStart(2, '0');
	return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

export function moment(micros) {
	const date = new Date(micros / 1000);
	const day = date.toDateString() === new Date().toDateString() ? 'Today'
		: date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
	return `${day}, ${clock(micros)}`;
}

export function bytes(value) {
	return value < 1024 ? `${value} B` : value < 1048576 ? `${three(value / 1024)} KB` : value < 1073741824 ? `${three(value / 1048576)} MB` : `${three(value / 1073741824)} GB`;
}

export const count = (value) => Number(value).toLocaleString('en');

export const plural = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

export const percent = (share) => `${share > 0 && share < 0.01 ? '< 1' : Math.round(share * 100)} %`;

export function rate(perSecond) {
	return perSecond >= 1 || perSecond === 0 ? `${three(perSecond)}/s` : perSecond * 60 >= 1 ? `${three(perSecond * 60)}/min`
		: `${three(perSecond * 3600)}/h`;
}

const colours = new Map();

/** The colour of a service: the application's own comes first, the others as they are met. */
export function colour(service) {
	let number = colours.get(service);
	if (number === undefined) {
		number = colours.size % 10;
		colours.set(service, number);
	}
	return `colour-${number}`;
}
