package io.hindspan.sampling;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

import io.hindspan.sampling.ServiceStrategies.Strategy;

/**
 * Jaeger's strategies for this service, ready to be asked. An operation is the name of
 * the first span at its start, or {@code METHOD /path} or {@code /path} of a request,
 * also as a pattern: a request has no route yet when its span begins. A name goes before
 * a path, a path before a pattern. Matches without allocating. Immutable.
 */
final class CompiledStrategies implements HeadSampling {

	private static final String REASON = "strategy";

	/** The key of what holds for everything but the operations. */
	private static final String REST = "";

	private final ServiceStrategies source;

	/** By operation. */
	private final Map<String, HeadSampling> samplings = new HashMap<>();

	/** By path. */
	private final Map<String, List<Request>> paths = new HashMap<>();

	private final List<Request> patterns = new ArrayList<>();

	private CompiledStrategies(ServiceStrategies source) {
		this.source = source;
	}

	/**
	 * Compiles strategies.
	 * @param strategies the strategies
	 * @param before those that held before: a rate that stays the same goes on with what
	 * it knows of the load
	 * @param nanoClock the clock of rates
	 * @return the compiled strategies
	 */
	static CompiledStrategies of(ServiceStrategies strategies, @Nullable CompiledStrategies before,
			LongSupplier nanoClock) {
		CompiledStrategies compiled = new CompiledStrategies(strategies);
		if (strategies.rest() != null) {
			compiled.add(REST, strategies.rest(), before, nanoClock);
		}
		// In an order that does not depend on the table
		new TreeMap<>(strategies.operations()).forEach((operation, strategy) -> {
			HeadSampling sampling = compiled.add(operation, strategy, before, nanoClock);
			compiled.addRequest(operation, sampling);
		});
		return compiled;
	}

	private HeadSampling add(String operation, Strategy strategy, @Nullable CompiledStrategies before,
			LongSupplier nanoClock) {
		HeadSampling former = (before != null) ? before.samplings.get(operation) : null;
		HeadSampling sampling = (former != null && strategy.equals(before.strategy(operation))) ? former
				: sampling(strategy, former, nanoClock);
		this.samplings.put(operation, sampling);
		return sampling;
	}

	private static HeadSampling sampling(Strategy strategy, @Nullable HeadSampling former, LongSupplier nanoClock) {
		// A rate of 0 would let the first ones through
		if (!strategy.limited() || strategy.parameter() <= 0) {
			return FixedProbability.of(strategy.parameter(), REASON);
		}
		return (former instanceof AdaptiveRate rate) ? rate.with(strategy.parameter())
				: new AdaptiveRate(strategy.parameter(), REASON, nanoClock);
	}

	private @Nullable Strategy strategy(String operation) {
		return operation.equals(REST) ? this.source.rest() : this.source.operations().get(operation);
	}

	private void addRequest(String operation, HeadSampling sampling) {
		int slash = operation.startsWith("/") ? 0 : operation.indexOf(" /") + 1;
		String method = (slash > 0) ? operation.substring(0, slash - 1) : null;
		if (!operation.startsWith("/", slash) || (method != null && !method.chars().allMatch(Character::isUpperCase))) {
			return;
		}
		String path = operation.substring(slash);
		try {
			Request request = new Request(method, PathPattern.of(path), sampling);
			if (path.chars().anyMatch((character) -> character == '*' || character == '?' || character == '{')) {
				this.patterns.add(request);
			}
			else {
				this.paths.computeIfAbsent(path, (key) -> new ArrayList<>()).add(request);
			}
		}
		catch (IllegalArgumentException ex) {
			// Is a name, then, and nothing else
			return;
		}
	}

	/**
	 * What the strategies were compiled from.
	 */
	ServiceStrategies source() {
		return this.source;
	}

	@Override
	public @Nullable Chance chance(Context parent, String name, SpanKind kind, Attributes attributes) {
		HeadSampling sampling = name.isEmpty() ? null : this.samplings.get(name);
		if (sampling == null && !(this.paths.isEmpty() && this.patterns.isEmpty())) {
			String path = SamplingRule.path(attributes);
			sampling = (path != null) ? ofRequest(SamplingRule.method(attributes), path) : null;
		}
		if (sampling == null) {
			sampling = this.samplings.get(REST);
		}
		return (sampling != null) ? sampling.chance(parent, name, kind, attributes) : null;
	}

	private @Nullable HeadSampling ofRequest(@Nullable String method, String path) {
		List<Request> requests = this.paths.get(path);
		HeadSampling sampling = (requests != null) ? first(requests, method, path) : null;
		return (sampling != null) ? sampling : first(this.patterns, method, path);
	}

	/**
	 * One that names a method goes before one that does not.
	 */
	private static @Nullable HeadSampling first(List<Request> requests, @Nullable String method, String path) {
		HeadSampling ofAnyMethod = null;
		for (int i = 0; i < requests.size(); i++) {
			Request request = requests.get(i);
			boolean isNext = (request.method != null) ? request.method.equals(method) : ofAnyMethod == null;
			if (isNext && request.path.matches(path)) {
				if (request.method != null) {
					return request.sampling;
				}
				ofAnyMethod = request.sampling;
			}
		}
		return ofAnyMethod;
	}

	@Override
	public String toString() {
		return "Strategies{" + this.samplings.size() + "}";
	}

	private record Request(@Nullable String method, PathPattern path, HeadSampling sampling) {

	}

}
