package io.hindspan.test;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Receives spans over OTLP on a loopback port, as a collector does, and keeps them for a
 * test. Give {@link #endpoint()} to the exporter: <pre class="code">
 * management.opentelemetry.tracing.export.otlp.endpoint=…
 * </pre> Spans of one trace may come in any order, in any number of requests and from
 * several services, so a test waits for what it needs: every {@code await} method returns
 * as soon as its condition is met and fails with all traces printed after its bound,
 * which is {@link #TIMEOUT} unless told otherwise. Thread-safe.
 *
 * @see <a href= "https://opentelemetry.io/docs/specs/otlp/#otlphttp">OTLP/HTTP</a>
 */
public final class OtlpReceiver implements AutoCloseable {

	/**
	 * How long the {@code await} methods wait. It is longer than the 5 s that a batch
	 * processor keeps a span by default.
	 */
	public static final Duration TIMEOUT = Duration.ofSeconds(20);

	private final OtlpTransport transport;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition arrival = this.lock.newCondition();

	private final List<RecordedRequest> requests = new ArrayList<>();

	private final List<RecordedSpan> spans = new ArrayList<>();

	private OtlpReceiver(BiFunction<InetSocketAddress, Consumer<RecordedRequest>, OtlpTransport> transport, int port) {
		this.transport = transport.apply(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), this::record);
	}

	/**
	 * Starts a receiver of OTLP/HTTP on a free loopback port.
	 * @return the running receiver
	 */
	public static OtlpReceiver start() {
		return start(0);
	}

	/**
	 * Starts a receiver of OTLP/HTTP on a loopback port.
	 * @param port the port, or 0 for a free one
	 * @return the running receiver
	 */
	public static OtlpReceiver start(int port) {
		return new OtlpReceiver(OtlpHttpTransport::start, port);
	}

	/**
	 * Starts a receiver of OTLP/gRPC on a free loopback port. It needs
	 * {@code grpc-netty-shaded}, {@code grpc-protobuf} and {@code grpc-stub} of
	 * {@code io.grpc}.
	 * @return the running receiver
	 */
	public static OtlpReceiver startGrpc() {
		return new OtlpReceiver(OtlpGrpcTransport::start, 0);
	}

	/**
	 * Where exporters send their spans.
	 * @return the URL, for HTTP with its path {@code /v1/traces}
	 */
	public String endpoint() {
		return this.transport.endpoint();
	}

	/**
	 * The port.
	 * @return the port
	 */
	public int port() {
		return this.transport.port();
	}

	/**
	 * The spans received so far.
	 * @return a snapshot in the order of arrival
	 */
	public List<RecordedSpan> spans() {
		return locked(() -> List.copyOf(this.spans));
	}

	/**
	 * The spans received so far that meet a condition.
	 * @param filter the condition
	 * @return a snapshot in the order of arrival
	 */
	public List<RecordedSpan> spans(Predicate<RecordedSpan> filter) {
		return spans().stream().filter(filter).toList();
	}

	/**
	 * The traces received so far.
	 * @return a snapshot in the order of their first span's arrival
	 */
	public List<RecordedTrace> traces() {
		return RecordedTrace.all(spans());
	}

	/**
	 * The requests received so far.
	 * @return a snapshot in the order of arrival
	 */
	public List<RecordedRequest> requests() {
		return locked(() -> List.copyOf(this.requests));
	}

	/**
	 * Waits for a trace that meets a condition.
	 * @param condition the condition, asked again whenever spans arrive
	 * @return the trace as it was when it met the condition
	 * @throws AssertionError if none does in time
	 */
	public RecordedTrace awaitTrace(Predicate<RecordedTrace> condition) {
		return awaitTrace(condition, TIMEOUT);
	}

	/**
	 * Waits for a trace that meets a condition.
	 * @param condition the condition, asked again whenever spans arrive
	 * @param timeout how long to wait
	 * @return the trace as it was when it met the condition
	 * @throws AssertionError if none does in time
	 */
	public RecordedTrace awaitTrace(Predicate<RecordedTrace> condition, Duration timeout) {
		return await(() -> traces().stream().filter(condition).findFirst(), timeout,
				"a trace that meets the condition");
	}

	/**
	 * Waits for a number of spans of a trace.
	 * @param traceId the trace's id
	 * @param spans the least number of spans
	 * @return the trace with at least so many spans
	 * @throws AssertionError if they do not arrive in time
	 */
	public RecordedTrace awaitTrace(String traceId, int spans) {
		return await(() -> trace(traceId).filter((trace) -> trace.spans().size() >= spans), TIMEOUT,
				spans + " spans of trace " + traceId);
	}

	/**
	 * Waits until a trace stands up to assertions, and so lets whole-tree assertions wait
	 * for the last span.
	 * @param traceId the trace's id
	 * @param assertions the assertions, made again whenever spans arrive
	 * @return the trace as it was when it stood up to them
	 * @throws AssertionError the last failure of the assertions, if they still fail when
	 * time is up
	 */
	public RecordedTrace awaitTrace(String traceId, Consumer<RecordedTrace> assertions) {
		LastFailure failure = new LastFailure();
		try {
			return await(() -> trace(traceId).filter((trace) -> failure.standsUp(trace, assertions)), TIMEOUT,
					"a span of trace " + traceId);
		}
		catch (AssertionError ex) {
			throw (failure.error != null) ? failure.error : ex;
		}
	}

	/**
	 * Waits for a span that meets a condition.
	 * @param condition the condition
	 * @return the first such span
	 * @throws AssertionError if none arrives in time
	 */
	public RecordedSpan awaitSpan(Predicate<RecordedSpan> condition) {
		return await(() -> spans().stream().filter(condition).findFirst(), TIMEOUT, "a span that meets the condition");
	}

	/**
	 * Waits for a number of spans of any trace.
	 * @param count the least number of spans
	 * @return the spans received so far, at least so many
	 * @throws AssertionError if they do not arrive in time
	 */
	public List<RecordedSpan> awaitSpans(int count) {
		return await(() -> Optional.of(spans()).filter((spans) -> spans.size() >= count), TIMEOUT, count + " spans");
	}

	/**
	 * Waits until no request has arrived for a while: to find spans that should not be
	 * there.
	 * @param quiet how long it must have been quiet
	 * @throws AssertionError if requests go on arriving
	 */
	public void awaitQuiet(Duration quiet) {
		this.lock.lock();
		try {
			long deadline = System.nanoTime() + TIMEOUT.toNanos();
			long quietSince = System.nanoTime();
			int known = this.requests.size();
			long remaining = quiet.toNanos();
			while (remaining > 0) {
				awaitArrival(remaining);
				if (this.requests.size() != known) {
					known = this.requests.size();
					quietSince = System.nanoTime();
				}
				if (System.nanoTime() - deadline > 0) {
					throw new AssertionError("Requests go on arriving:\n" + describe());
				}
				remaining = quiet.toNanos() - (System.nanoTime() - quietSince);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Forgets everything received so far. Spans that are still under way arrive later
	 * nevertheless: shared receivers ask by trace id.
	 */
	public void reset() {
		locked(() -> {
			this.spans.clear();
			this.requests.clear();
			return true;
		});
	}

	/**
	 * Takes the spans received so far out of the receiver, which then forgets them: for a
	 * receiver that runs for long.
	 * @return the spans in the order of arrival
	 */
	public List<RecordedSpan> drain() {
		return locked(() -> {
			List<RecordedSpan> drained = List.copyOf(this.spans);
			this.spans.clear();
			this.requests.clear();
			return drained;
		});
	}

	/**
	 * Stops listening. What was received stays readable.
	 */
	@Override
	public void close() {
		this.transport.close();
	}

	private Optional<RecordedTrace> trace(String traceId) {
		List<RecordedSpan> found = spans((span) -> span.traceId().equals(traceId));
		return found.isEmpty() ? Optional.empty() : Optional.of(RecordedTrace.of(traceId, found));
	}

	private <T> T await(Supplier<Optional<T>> attempt, Duration timeout, String what) {
		this.lock.lock();
		try {
			long deadline = System.nanoTime() + timeout.toNanos();
			while (true) {
				Optional<T> result = attempt.get();
				if (result.isPresent()) {
					return result.get();
				}
				long remaining = deadline - System.nanoTime();
				if (remaining <= 0) {
					throw new AssertionError(
							"Waited " + timeout.toMillis() + " ms for " + what + ". Received:\n" + describe());
				}
				awaitArrival(remaining);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private long awaitArrival(long nanos) {
		try {
			return this.arrival.awaitNanos(nanos);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError("Interrupted while waiting for spans", ex);
		}
	}

	private String describe() {
		List<RecordedTrace> traces = traces();
		return traces.isEmpty() ? "nothing"
				: traces.stream().map(RecordedTrace::toString).collect(Collectors.joining("\n"));
	}

	private <T> T locked(Supplier<T> action) {
		this.lock.lock();
		try {
			return action.get();
		}
		finally {
			this.lock.unlock();
		}
	}

	private void record(RecordedRequest request) {
		List<RecordedSpan> received = request.spans();
		locked(() -> {
			this.requests.add(request);
			this.spans.addAll(received);
			this.arrival.signalAll();
			return true;
		});
	}

	private static final class LastFailure {

		private @Nullable AssertionError error;

		private boolean standsUp(RecordedTrace trace, Consumer<RecordedTrace> assertions) {
			try {
				assertions.accept(trace);
				return true;
			}
			catch (AssertionError ex) {
				this.error = ex;
				return false;
			}
		}

	}

}
