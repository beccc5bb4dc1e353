package io.hindspan.explorer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hindspan.analysis.Finding;
import io.hindspan.analysis.TraceAnalysis;
import io.hindspan.core.Bound;
import io.hindspan.core.Bounded;
import io.hindspan.explorer.ExplorerRequest.TooMuch;
import io.hindspan.explorer.Parameters.BadRequest;
import io.hindspan.store.QuerySyntaxException;
import io.hindspan.store.StoreStatus;
import io.hindspan.store.Trace;
import io.hindspan.store.TraceMatches;
import io.hindspan.store.TraceQuery;
import io.hindspan.store.TraceSearch;
import io.hindspan.store.TraceSearch.Order;
import io.hindspan.store.TraceStore;
import io.hindspan.store.disk.DiskStatus;
import io.hindspan.store.otlp.OtlpJson;

/**
 * Answers requests, whichever server they came by. May block. Thread-safe.
 */
final class Explorer {

	private static final Logger logger = LoggerFactory.getLogger(Explorer.class);

	private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
			+ "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

	private static final Pattern TRACE = Pattern.compile("/api/traces/([0-9a-fA-F]{1,64})(/otlp|/logs|/comparison)?");

	/** How many traces the map of services and the search for usual ones look at. */
	private static final int MOST_TRACES = 2000;

	/** Spring Boot sends spans every five seconds. */
	private static final Duration TIME_TO_ARRIVE = Duration.ofSeconds(10);

	/** How many traces the names and values of fields are from. */
	private static final int FIELDS_OF = 200;

	private final Gate gate;

	private final Pages pages = new Pages();

	private final Analyses analyses = new Analyses();

	private final TraceStore store;

	private final @Nullable CapturedLogs logs;

	private final @Nullable Intake intake;

	private final Supplier<Stream<Bounded>> bounded;

	private final Identity identity;

	private final Clock clock;

	private volatile @Nullable CountedFields fields;

	Explorer(Gate gate, TraceStore store, @Nullable CapturedLogs logs, @Nullable Intake intake,
			Supplier<Stream<Bounded>> bounded, Identity identity, Clock clock) {
		this.gate = gate;
		this.store = store;
		this.logs = logs;
		this.intake = intake;
		this.bounded = bounded;
		this.identity = identity;
		this.clock = clock;
	}

	/**
	 * Answers a request. Never throws.
	 */
	ExplorerResponse answer(ExplorerRequest request) {
		ExplorerResponse response;
		try {
			ExplorerResponse refusal = this.gate.refuse(request);
			response = (refusal != null) ? refusal : route(request);
		}
		catch (BadRequest ex) {
			response = ExplorerResponse.error(400, String.valueOf(ex.getMessage()));
		}
		catch (QuerySyntaxException ex) {
			response = ExplorerResponse.json(400,
					new Json().object()
						.member("error", String.valueOf(ex.getMessage()))
						.member("position", ex.position())
						.endObject()
						.toBytes());
		}
		catch (TooMuch ex) {
			response = ExplorerResponse.error(ex.status(), String.valueOf(ex.getMessage()));
		}
		catch (IOException ex) {
			response = ExplorerResponse.error(400, "The request cannot be read.");
		}
		catch (RuntimeException | LinkageError | StackOverflowError ex) {
			logger.warn("The explorer cannot answer {} {}", request.method(), request.path(), ex);
			response = ExplorerResponse.error(500, "The explorer has failed; the application's log says why.");
		}
		response.with("Content-Security-Policy", POLICY)
			.with("X-Content-Type-Options", "nosniff")
			.with("X-Frame-Options", "DENY")
			.with("Referrer-Policy", "no-referrer")
			.with("Cross-Origin-Resource-Policy", "same-origin")
			.with("Cross-Origin-Opener-Policy", "same-origin");
		return request.method().equals("HEAD") ? response.withoutBody() : response;
	}

	private ExplorerResponse route(ExplorerRequest request) throws BadRequest, IOException {
		String path = request.path();
		if (path.equals("/v1/traces") && this.intake != null) {
			return request.method().equals("POST") ? this.intake.take(request) : notAllowed("POST");
		}
		if (path.equals("/api/traces") && request.method().equals("DELETE")) {
			return clear();
		}
		if (!request.isRead()) {
			return notAllowed(path.equals("/api/traces") ? "GET, HEAD, DELETE" : "GET, HEAD");
		}
		if (path.isEmpty()) {
			return toPage(request);
		}
		ExplorerResponse response = path.startsWith("/api/") ? api(request)
				: this.pages.get(path.equals("/") ? "index.html" : path.substring(1), request);
		return (response != null) ? response : ExplorerResponse.error(404, "There is nothing here.");
	}

	/**
	 * The page's own links are relative to what is beneath it.
	 */
	private static ExplorerResponse toPage(ExplorerRequest request) {
		String name = request.base().substring(request.base().lastIndexOf('/') + 1);
		String query = (request.query() != null) ? "?" + request.query() : "";
		return ExplorerResponse.empty(302).with("Location", name + "/" + query).with("Cache-Control", "no-store");
	}

	private static ExplorerResponse notAllowed(String methods) {
		return ExplorerResponse.error(405, "Only " + methods + ".").with("Allow", methods);
	}

	private @Nullable ExplorerResponse api(ExplorerRequest request) throws BadRequest {
		Parameters parameters = new Parameters(request.query());
		return switch (request.path()) {
			case "/api/status" -> status();
			case "/api/bounds" -> bounds();
			case "/api/traces" -> search(request, parameters);
			case "/api/services" -> services(parameters);
			case "/api/fields" -> fields(parameters);
			default -> {
				Matcher trace = TRACE.matcher(request.path());
				yield trace.matches() ? trace(trace.group(1).toLowerCase(Locale.ROOT), trace.group(2), parameters)
						: null;
			}
		};
	}

	private ExplorerResponse status() {
		StoreStatus status = this.store.status();
		Json json = new Json().object()
			.member("service", this.identity.service())
			.member("environment", this.identity.environment())
			.optional("version", this.identity.version())
			.member("revision", status.revision())
			.member("traces", status.traces())
			.member("spans", status.spans())
			.member("bytes", status.bytes())
			.member("maxBytes", status.maxBytes())
			.member("evictedBySize", status.evictedBySize())
			.member("evictedByAge", status.evictedByAge())
			.member("rejectedSpans", status.rejectedSpans())
			.member("logs", this.logs != null)
			.member("intake", this.intake != null);
		DiskStatus disk = status.disk();
		if (disk != null) {
			json.name("disk")
				.object()
				.member("traces", disk.traces())
				.member("bytes", disk.fileBytes())
				.member("maxBytes", disk.maxBytes())
				.member("lostSpans", disk.lostSpans())
				.optional("problem", disk.problem())
				.endObject();
		}
		return ExplorerResponse.json(json.endObject());
	}

	private ExplorerResponse bounds() {
		List<Bound> bounds = new ArrayList<>();
		this.bounded.get().forEach((bounded) -> {
			try {
				bounds.addAll(bounded.bounds());
			}
			catch (RuntimeException ex) {
				logger.debug("{} cannot tell its bounds", bounded, ex);
			}
		});
		Json json = new Json().object().name("bounds").array();
		bounds.forEach((bound) -> {
			json.object().member("what", bound.what()).member("unit", bound.unit().name().toLowerCase(Locale.ROOT));
			if (bound.current() != null) {
				json.member("current", bound.current());
			}
			json.member("limit", bound.limit())
				.member("givenUp", bound.givenUp())
				.member("loss", bound.loss())
				.optional("property", bound.property())
				.endObject();
		});
		return ExplorerResponse.json(json.endArray().endObject());
	}

	private ExplorerResponse search(ExplorerRequest request, Parameters parameters) throws BadRequest {
		boolean fixed = !parameters.isRelative("from") && !parameters.isRelative("to");
		String etag = "W/\"" + this.store.revision() + '"';
		if (fixed && etag.equals(request.value("if-none-match"))) {
			return ExplorerResponse.empty(304).with("ETag", etag).with("Cache-Control", "no-store");
		}
		Instant now = this.clock.instant();
		boolean ascending = parameters.choice("order", Direction.DESC, Direction.class) == Direction.ASC;
		TraceMatches matches = this.store
			.search(new TraceSearch(TraceQuery.parse(parameters.text("q")), parameters.time("from", now),
					parameters.time("to", now), parameters.choice("sort", Order.START, Order.class), ascending,
					parameters.number("offset", 0, 0, Integer.MAX_VALUE), parameters.number("limit", 50, 1, 500)));
		Json json = new Json().object()
			.member("revision", matches.revision())
			.member("total", matches.total())
			.name("traces")
			.array();
		for (Trace trace : matches.traces()) {
			TraceJson.summary(json, trace);
		}
		json.endArray().name("histogram").object();
		numbers(json, "bounds", matches.histogram().bounds());
		numbers(json, "counts", matches.histogram().counts());
		numbers(json, "errors", matches.histogram().errors());
		ExplorerResponse response = ExplorerResponse.json(json.endObject().endObject());
		return fixed ? response.with("ETag", "W/\"" + matches.revision() + '"') : response;
	}

	private static void numbers(Json json, String name, List<? extends Number> numbers) {
		json.name(name).array();
		for (Number number : numbers) {
			json.value(number.longValue());
		}
		json.endArray();
	}

	private ExplorerResponse trace(String id, @Nullable String part, Parameters parameters) throws BadRequest {
		long revision = this.store.revision();
		Trace trace = this.store.find(id);
		if (trace == null) {
			return unknown(id);
		}
		if (part == null) {
			String query = parameters.text("q");
			List<String> matches = query.isBlank() ? null : TraceQuery.parse(query).matchingSpans(trace);
			return ExplorerResponse.json(TraceJson.whole(trace, settled(trace, this.analyses.of(trace)), matches,
					revision, (other) -> this.store.find(other) != null));
		}
		return switch (part) {
			case "/otlp" -> ExplorerResponse.json(200, OtlpJson.write(trace).getBytes(StandardCharsets.UTF_8));
			case "/logs" -> ExplorerResponse.json((this.logs != null) ? this.logs.toJson(id, trace.start())
					: new Json().object().name("logs").array().endArray().member("dropped", 0).endObject());
			default -> comparison(trace, parameters.text("with").toLowerCase(Locale.ROOT));
		};
	}

	/**
	 * Leaves out hops that seem to have lost the trace while spans of the services behind
	 * them may still be on their way.
	 */
	private TraceAnalysis settled(Trace trace, TraceAnalysis analysis) {
		if (Parameters.nanos(this.clock.instant()) - trace.end() > TIME_TO_ARRIVE.toNanos()) {
			return analysis;
		}
		return new TraceAnalysis(
				analysis.findings().stream().filter((finding) -> finding.kind() != Finding.Kind.LOST_TRACE).toList(),
				analysis.criticalPath());
	}

	private ExplorerResponse comparison(Trace trace, String with) throws BadRequest {
		if (with.isEmpty()) {
			throw new BadRequest("'with' must be the id of another trace, or 'usual'.");
		}
		if (with.equals("usual")) {
			List<Trace> usual = Comparisons.usual(this.store.recent(null, null, MOST_TRACES), trace);
			return usual.isEmpty()
					? ExplorerResponse.error(404, "There is no other trace of " + trace.root().name() + ".")
					: ExplorerResponse.json(Comparisons.withUsual(usual, trace));
		}
		Trace other = this.store.find(with);
		return (other != null) ? ExplorerResponse.json(Comparisons.with(other, trace)) : unknown(with);
	}

	private static ExplorerResponse unknown(String id) {
		return ExplorerResponse.error(404, "The trace " + id + " is not known, or not any more.");
	}

	private ExplorerResponse services(Parameters parameters) throws BadRequest {
		Instant now = this.clock.instant();
		Long from = parameters.time("from", now);
		Long to = parameters.time("to", now);
		List<Trace> traces = this.store.recent(from, to, MOST_TRACES);
		// The rates are of the time that the traces are from, where there are too many
		boolean all = traces.size() < MOST_TRACES;
		long earliest = (from != null && all) ? from : traces.stream().mapToLong(Trace::start).min().orElse(0);
		long latest = (to != null) ? to : Parameters.nanos(now);
		long seconds = traces.isEmpty() && from == null ? 1
				: Math.max(1, latest / 1_000_000_000 - earliest / 1_000_000_000);
		return ExplorerResponse.json(new ServiceMap(traces).toJson(seconds));
	}

	private ExplorerResponse fields(Parameters parameters) {
		long revision = this.store.revision();
		CountedFields counted = this.fields;
		if (counted == null || counted.revision() != revision) {
			counted = new CountedFields(revision, new Fields(this.store.recent(null, null, FIELDS_OF)));
			this.fields = counted;
		}
		return ExplorerResponse.json(counted.fields().toJson(parameters.text("prefix")));
	}

	private ExplorerResponse clear() {
		this.store.clear();
		this.analyses.clear();
		this.fields = null;
		if (this.logs != null) {
			this.logs.clear();
		}
		return ExplorerResponse.json(new Json().object().member("revision", this.store.revision()).endObject());
	}

	private enum Direction {

		ASC, DESC

	}

	/**
	 * The fields of a revision.
	 */
	private record CountedFields(long revision, Fields fields) {

	}

	/**
	 * Whose traces these are.
	 *
	 * @param service the service's name
	 * @param environment the environment's
	 * @param version the service's version, or {@code null} if it is not known
	 */
	record Identity(String service, String environment, @Nullable String version) {

	}

}
