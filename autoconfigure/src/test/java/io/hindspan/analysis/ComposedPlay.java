package io.hindspan.analysis;

import java.util.ArrayList;
import java.util.List;

import io.opentelemetry.api.trace.SpanKind;

import io.hindspan.analysis.Finding.Kind;
import io.hindspan.analysis.Scene.Node;

/**
 * A request through several services, put together at random, in which up to three things
 * go wrong somewhere: beneath, before, after or beside one another, under clocks that may
 * disagree. What takes a quarter of what it belongs to is to be found; what takes less,
 * or runs beside something else, may be found.
 */
final class ComposedPlay {

	private static final double TELLING_SHARE = 0.25;

	private final Scene scene;

	private final List<Runnable> judgements = new ArrayList<>();

	private int troubles;

	private int steps;

	ComposedPlay(Scene scene) {
		this.scene = scene;
	}

	static void play(Scene scene) {
		new ComposedPlay(scene).run();
	}

	private void run() {
		this.troubles = this.scene.some(0, 3);
		Node server = this.scene.request();
		grow(server, new Branch(server, false), 0);
		server.end();
		if (this.scene.chance(0.2)) {
			this.scene.skew(this.scene.any(Scene.SERVICES), this.scene.ms(-300, 300));
		}
		this.scene.mayExpect(Kind.CLOCK_SKEW);
		this.scene.mayExpect(Kind.LATE_WORK);
		this.judgements.forEach(Runnable::run);
	}

	private void grow(Node node, Branch branch, int depth) {
		Scene s = this.scene;
		for (int i = s.some(2, 5); i > 0 && this.steps < 150; i--) {
			this.steps++;
			boolean trouble = this.troubles > 0 && s.chance(0.35);
			if (trouble) {
				this.troubles--;
				trouble(node, branch);
				continue;
			}
			switch ((depth < 3) ? s.some(0, 7) : s.some(0, 2)) {
				case 0 -> node.select(s.any(Scene.TABLES), s.any(Scene.COLUMNS), s.ms(0.5, 8));
				case 1 ->
					node.sql("update " + s.any(Scene.TABLES) + " set v = ? where " + s.any(Scene.COLUMNS) + " = ?",
							"UPDATE", "t", s.ms(0.5, 8));
				case 2 -> node.work(s.ms(0, 10));
				case 3, 4 -> node.method(s.any(Scene.TABLES) + "Service.handle", (m) -> grow(m, branch, depth + 1));
				case 5 -> node.ask("POST", s.service(node.service), "/" + s.any(Scene.TABLES),
						(other) -> grow(other, branch, depth + 1));
				case 6 -> node.atOnce(s.some(2, 4), (parent, k) -> parent.method(s.any(Scene.TABLES) + "Task.run",
						(m) -> grow(m, new Branch(branch.head, true), depth + 1)));
				default -> {
					Node work = node.publish(s.any(Scene.TABLES)).consume(s.service(node.service), "x", s.ms(1, 200));
					grow(work, new Branch(work, false), depth + 1);
				}
			}
		}
	}

	private void trouble(Node node, Branch branch) {
		Scene s = this.scene;
		double from = node.now;
		List<Node> spans = new ArrayList<>();
		Kind kind = Kind.values()[s.some(0, 13)];
		switch (kind) {
			case N_PLUS_ONE -> {
				String table = s.any(Scene.TABLES);
				for (int i = s.some(12, 60); i > 0; i--) {
					spans.add(node.select(table, "parent_id", s.ms(0.5, 6)));
					node.work(s.ms(0, 0.5));
				}
			}
			case POOL_WAIT -> spans.add(node.step(SpanKind.INTERNAL, "db.connection.acquire", s.ms(30, 600)));
			case SLOW_STATEMENT ->
				spans.add(node.sql("select a, count(*) from facts group by a", "SELECT", "facts", s.ms(150, 2500)));
			case MISSING_INDEX -> spans.add(node.select(s.any(Scene.TABLES), "external_ref", s.ms(250, 2500))
				.with("db.response.returned_rows", s.some(0, 4)));
			case RETRY_STORM -> {
				String host = s.any(TuningPlays.EXTERNAL);
				for (int i = s.some(3, 5); i > 0; i--) {
					spans.add(node.call("POST", host, "/submit", s.ms(20, 200), 503));
					node.work(s.ms(10, 200));
				}
				spans.add(node.call("POST", host, "/submit", s.ms(5, 20)));
			}
			case SLOW_DEPENDENCY -> spans.add(node.call("POST", s.any(TuningPlays.EXTERNAL), "/slow", s.ms(250, 2500)));
			case SERIAL_CALLS -> {
				for (int i = s.some(3, 6); i > 0; i--) {
					spans.add(node.call("GET", TuningPlays.EXTERNAL[i - 1], "/part/" + i, s.ms(30, 150)));
				}
			}
			case CACHE_MISSES -> {
				for (int i = s.some(5, 12); i > 0; i--) {
					node.event("cache_miss", "cache.name", "things");
					spans.add(node.call("POST", s.any(TuningPlays.EXTERNAL), "/thing", s.ms(5, 40)));
					node.event("cache_put", "cache.name", "things");
				}
			}
			case GAP -> {
				Node method = node.method("Engine.compute", (m) -> m.work(s.ms(150, 1500)));
				spans.add(method);
			}
			case FAILING_DEPENDENCY -> {
				spans.add(node.call("POST", s.any(TuningPlays.EXTERNAL), "/down", s.ms(2, 90), 503));
				this.scene.expect(kind, spans);
				return;
			}
			case ERROR_ORIGIN -> {
				Node method = node.method("Rule.check", (m) -> m.work(s.ms(0.2, 3)));
				method.raise("java.lang.IllegalStateException");
				node.fail("java.lang.IllegalStateException");
				this.scene.expect(kind, method);
				return;
			}
			default -> {
				return;
			}
		}
		double until = node.now;
		this.judgements.add(() -> judge(kind, spans, branch, until - from));
	}

	private void judge(Kind kind, List<Node> spans, Branch branch, double time) {
		if (!branch.beside && time >= TELLING_SHARE * (branch.head.now - branch.head.start)) {
			this.scene.expect(kind, spans);
		}
		else {
			this.scene.mayExpect(kind, spans.toArray(new Node[0]));
		}
	}

	/**
	 * Where something runs.
	 *
	 * @param head the request or message that it belongs to
	 * @param beside whether other things run at the same time
	 */
	private record Branch(Node head, boolean beside) {

	}

}
