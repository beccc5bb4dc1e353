package io.hindspan.r2dbc;

import io.r2dbc.spi.Wrapped;
import org.jspecify.annotations.Nullable;

/**
 * What stands for an object of a driver and leads to it, also where the driver's own
 * leads nowhere.
 *
 * @param <T> the interface of the object
 */
interface DriverObject<T> extends Wrapped<T> {

	@Override
	default <E> @Nullable E unwrap(Class<E> targetClass) {
		if (targetClass.isInstance(this)) {
			return targetClass.cast(this);
		}
		T driversOwn = unwrap();
		if (targetClass.isInstance(driversOwn)) {
			return targetClass.cast(driversOwn);
		}
		return (driversOwn instanceof Wrapped<?> wrapped) ? wrapped.unwrap(targetClass) : null;
	}

}
