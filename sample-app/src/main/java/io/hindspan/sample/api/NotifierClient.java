package io.hindspan.sample.api;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;

/** Each call by another of Spring's clients: all three are traced alike. */
@Component
class NotifierClient {

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private final RestTemplate quotaClient;

	private final RestClient recipientsClient;

	private final WebClient previewClient;

	NotifierClient(NotifierProperties properties, RestTemplateBuilder restTemplate, RestClient.Builder restClient,
			WebClient.Builder webClient) {
		this.quotaClient = restTemplate.baseUri(properties.url()).build();
		this.recipientsClient = restClient.baseUrl(properties.url()).build();
		this.previewClient = webClient.baseUrl(properties.url()).build();
	}

	int remainingQuota() {
		Quota quota = this.quotaClient.getForObject("/notifications/quota", Quota.class);
		return (quota != null) ? quota.remaining() : 0;
	}

	List<String> recipients(long projectId) {
		List<String> recipients = this.recipientsClient.get()
			.uri("/notifications/recipients?projectId={projectId}", projectId)
			.retrieve()
			.body(new ParameterizedTypeReference<>() {
			});
		return (recipients != null) ? recipients : List.of();
	}

	String preview(Task task) {
		Preview preview = this.previewClient.post()
			.uri("/notifications/preview")
			.bodyValue(Map.of("title", task.getTitle(), "createdBy", task.getCreatedBy()))
			.retrieve()
			.bodyToMono(Preview.class)
			.block(TIMEOUT);
		return (preview != null) ? preview.text() : task.getTitle();
	}

	record Quota(int remaining) {

	}

	record Preview(String text) {

	}

}
