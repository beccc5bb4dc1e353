// The JSON API, beside this file wherever the application serves it.

const BASE = new URL('api/', import.meta.url);

export class ApiError extends Error {

	constructor(message, status, position) {
		super(message);
		this.status = status;
		this.position = position;
	}

}

export function url(path, parameters = {}) {
	const target = new URL(path, BASE);
	for (const [name, value] of Object.entries(parameters)) {
		if (value !== undefined && value !== null && value !== '') {
			target.searchParams.set(name, value);
		}
	}
	return target.href;
}

export async function request(path, parameters, { method = 'GET', signal } = {}) {
	let response;
	try {
		response = await fetch(url(path, parameters), { method, signal, headers: { Accept: 'application/json', 'X-Hindspan': '1' } });
	}
	catch (problem) {
		if (problem.name === 'AbortError') {
			throw problem;
		}
		throw new ApiError('The application does not answer.', 0);
	}
	if (response.ok) {
		return response.status === 204 ? {} : response.json();
	}
	const body = await response.json().catch(() => ({}));
	throw new ApiError(body.error ?? `The application answered with status ${response.status}.`, response.status, body.position);
}

const id = encodeURIComponent;

export const api = {
	status: (options) => request('status', {}, options),
	bounds: (options) => request('bounds', {}, options),
	search: (parameters, options) => request('traces', parameters, options),
	trace: (trace, query, options) => request(`traces/${id(trace)}`, { q: query }, options),
	otlp: (trace) => request(`traces/${id(trace)}/otlp`),
	otlpUrl: (trace) => url(`traces/${id(trace)}/otlp`),
	logs: (trace, options) => request(`traces/${id(trace)}/logs`, {}, options),
	comparison: (trace, other, options) => request(`traces/${id(trace)}/comparison`, { with: other }, options),
	services: (from, options) => request('services', { from }, options),
	fields: (prefix, options) => request('fields', { prefix }, options),
	clear: () => request('traces', {}, { method: 'DELETE' }),
};
