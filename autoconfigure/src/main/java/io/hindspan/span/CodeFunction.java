package io.hindspan.span;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A method of the application, as the span of its work names it. Immutable.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/registry/attributes/code/">
 * Code attributes</a>
 */
public final class CodeFunction {

	private static final SemanticKey<String> FUNCTION = SemanticKey.text("code.function.name", "code.function");

	private static final SemanticKey<String> NAMESPACE = SemanticKey.text("code.namespace");

	private final String namespace;

	private final String name;

	private final String qualifiedName;

	private final String shortName;

	private CodeFunction(Class<?> type, String name) {
		this.namespace = type.getName();
		this.name = name;
		this.qualifiedName = this.namespace + "." + name;
		this.shortName = shortName(type) + "." + name;
	}

	private static String shortName(Class<?> type) {
		String simpleName = type.getSimpleName();
		return simpleName.isEmpty() ? type.getName().substring(type.getName().lastIndexOf('.') + 1) : simpleName;
	}

	/**
	 * The name of a span for the method's work, such as
	 * {@code CreateTaskUseCase.execute}.
	 * @return the class without its package, and the method
	 */
	public String shortName() {
		return this.shortName;
	}

	/**
	 * Writes {@code code.function.name}; under the older conventions
	 * {@code code.namespace} and {@code code.function}.
	 * @param attributes where to write
	 */
	public void writeTo(SpanAttributes attributes) {
		attributes.put(FUNCTION, this.qualifiedName, this.name);
		attributes.put(NAMESPACE, null, this.namespace);
	}

	/**
	 * The methods met so far, so that their names are put together once. Thread-safe.
	 */
	public static final class Cache {

		private final ConcurrentMap<Class<?>, ConcurrentMap<String, CodeFunction>> functions = new ConcurrentHashMap<>();

		/**
		 * A method.
		 * @param type the method's class, as the application wrote it
		 * @param name the method's name
		 * @return the method
		 */
		public CodeFunction get(Class<?> type, String name) {
			ConcurrentMap<String, CodeFunction> ofType = this.functions.get(type);
			CodeFunction known = (ofType != null) ? ofType.get(name) : null;
			return (known != null) ? known : this.functions.computeIfAbsent(type, (key) -> new ConcurrentHashMap<>())
				.computeIfAbsent(name, (key) -> new CodeFunction(type, key));
		}

	}

}
