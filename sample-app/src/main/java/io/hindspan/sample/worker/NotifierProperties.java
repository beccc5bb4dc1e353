package io.hindspan.sample.worker;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Where the notifier is.
 *
 * @param url the notifier's base URL
 */
@ConfigurationProperties("sample.notifier")
record NotifierProperties(String url) {

}
