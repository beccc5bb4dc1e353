package io.hindspan.task;

import java.io.Serial;
import java.lang.reflect.Method;

import io.micrometer.observation.annotation.Observed;
import org.springframework.aop.MethodMatcher;
import org.springframework.aop.support.ComposablePointcut;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcher;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.scheduling.annotation.Async;

/**
 * Applies to the methods with {@code @Async}, except those that {@code @Observed} gives a
 * span. The advice that hands them to an executor comes before all other advice, and this
 * one next.
 */
final class AsyncSpanAdvisor extends DefaultPointcutAdvisor {

	@Serial
	private static final long serialVersionUID = 1L;

	AsyncSpanAdvisor(AsyncSpanInterceptor interceptor) {
		super(new ComposablePointcut(AnnotationMatchingPointcut.forClassAnnotation(Async.class))
			.union((org.springframework.aop.Pointcut) AnnotationMatchingPointcut.forMethodAnnotation(Async.class))
			.intersection((MethodMatcher) new NotObserved()), interceptor);
		setOrder(Ordered.HIGHEST_PRECEDENCE);
	}

	private static final class NotObserved extends StaticMethodMatcher {

		@Override
		public boolean matches(Method method, Class<?> targetClass) {
			return !AnnotatedElementUtils.hasAnnotation(method, Observed.class)
					&& !AnnotatedElementUtils.hasAnnotation(targetClass, Observed.class);
		}

	}

}
