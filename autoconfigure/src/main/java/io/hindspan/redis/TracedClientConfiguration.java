package io.hindspan.redis;

import java.time.Duration;
import java.util.Optional;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ReadFrom;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.resource.ClientResources;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettucePoolingClientConfiguration;
import org.springframework.data.redis.connection.lettuce.RedisCredentialsProviderFactory;

/**
 * A client configuration with other resources.
 */
class TracedClientConfiguration implements LettuceClientConfiguration {

	private final LettuceClientConfiguration original;

	private final ClientResources resources;

	TracedClientConfiguration(LettuceClientConfiguration original, ClientResources resources) {
		this.original = original;
		this.resources = resources;
	}

	static LettuceClientConfiguration of(LettuceClientConfiguration original, ClientResources resources) {
		return (original instanceof LettucePoolingClientConfiguration pooling) ? new Pooling(pooling, resources)
				: new TracedClientConfiguration(original, resources);
	}

	@Override
	public Optional<ClientResources> getClientResources() {
		return Optional.of(this.resources);
	}

	@Override
	public boolean isUseSsl() {
		return this.original.isUseSsl();
	}

	@Override
	@Deprecated
	public boolean isVerifyPeer() {
		return this.original.isVerifyPeer();
	}

	@Override
	public SslVerifyMode getVerifyMode() {
		return this.original.getVerifyMode();
	}

	@Override
	public boolean isStartTls() {
		return this.original.isStartTls();
	}

	@Override
	public Optional<ClientOptions> getClientOptions() {
		return this.original.getClientOptions();
	}

	@Override
	public Optional<String> getClientName() {
		return this.original.getClientName();
	}

	@Override
	public Optional<ReadFrom> getReadFrom() {
		return this.original.getReadFrom();
	}

	@Override
	public Optional<RedisCredentialsProviderFactory> getRedisCredentialsProviderFactory() {
		return this.original.getRedisCredentialsProviderFactory();
	}

	@Override
	public Duration getCommandTimeout() {
		return this.original.getCommandTimeout();
	}

	@Override
	public Duration getShutdownTimeout() {
		return this.original.getShutdownTimeout();
	}

	@Override
	public Duration getShutdownQuietPeriod() {
		return this.original.getShutdownQuietPeriod();
	}

	private static final class Pooling extends TracedClientConfiguration implements LettucePoolingClientConfiguration {

		private final LettucePoolingClientConfiguration original;

		Pooling(LettucePoolingClientConfiguration original, ClientResources resources) {
			super(original, resources);
			this.original = original;
		}

		@Override
		public GenericObjectPoolConfig<StatefulConnection<?, ?>> getPoolConfig() {
			return this.original.getPoolConfig();
		}

	}

}
