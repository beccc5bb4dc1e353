package io.hindspan.jdbc;

import javax.sql.DataSource;

import org.springframework.aop.RawTargetAccess;
import org.springframework.core.InfrastructureProxy;

/**
 * What a {@link DataSource} bean is as well when its statements are traced. Spring takes
 * it for the same resource as the {@code DataSource} that it stands for, so that a
 * transaction of the one is a transaction of the other.
 */
public interface TracedDataSource extends InfrastructureProxy, RawTargetAccess {

	/**
	 * The {@link DataSource} that the bean was before.
	 * @return the {@code DataSource} whose connections are not traced
	 */
	@Override
	Object getWrappedObject();

}
