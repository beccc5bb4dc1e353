package io.hindspan.sample.api;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.scheduling.annotation.EnableAsync;

@SpringBootApplication
@ConfigurationPropertiesScan
@EnableAsync
public class ApiApplication {

	public static void main(String... args) {
		new SpringApplicationBuilder(ApiApplication.class).profiles("api").run(args);
	}

}
