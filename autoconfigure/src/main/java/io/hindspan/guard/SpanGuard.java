package io.hindspan.guard;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import org.jspecify.annotations.Nullable;

import io.hindspan.core.FaultGuard;

/**
 * Masks secrets and personal data in finished spans, wherever they stand, and keeps the
 * number of span names bounded. It is asked once for each batch, before any exporter.
 * What it fails on is masked, never handed on as it was, and never lost. Thread-safe.
 */
public final class SpanGuard {

	private final KeyRules rules;

	private final TextGuard texts;

	private final SpanNames names;

	private final AttributeValues values;

	private final boolean cards;

	private final StatementTexts sql;

	private final OncePerInstance<Resource> resources = new OncePerInstance<>();

	private final OncePerInstance<InstrumentationScopeInfo> scopes = new OncePerInstance<>();

	private final FaultGuard faults = new FaultGuard("a span on its way out");

	SpanGuard(KeyRules rules, TextGuard texts, SpanNames names, AttributeValues values, boolean cards) {
		this.rules = rules;
		this.texts = texts;
		this.names = names;
		this.values = values;
		this.cards = cards;
		this.sql = new StatementTexts(texts);
	}

	/**
	 * Guards a batch of spans.
	 * @param spans finished spans
	 * @return the spans in the same order; those in which there is nothing to mask are
	 * the same instances, and those that cannot be read at all are left out
	 */
	public List<SpanData> guard(Collection<SpanData> spans) {
		AttributesGuard attributes = new AttributesGuard(this.rules, this.texts, this.sql, this.cards, this.values);
		SpanPass pass = new SpanPass(attributes, this.names, this.resources, this.scopes);
		List<SpanData> guarded = new ArrayList<>(spans.size());
		for (SpanData span : spans) {
			SpanData result = guard(span, pass);
			if (result != null) {
				guarded.add(result);
			}
		}
		return guarded;
	}

	/**
	 * Guards a text that is shown beside spans, such as a line of a log.
	 * @param text the text
	 * @return the text itself where there is nothing to mask in it
	 */
	public String guard(String text) {
		return this.texts.guard(text, this.texts.newFindings());
	}

	private @Nullable SpanData guard(SpanData span, SpanPass pass) {
		SpanData guarded = this.faults.get(() -> {
			count(span);
			return pass.guard(span);
		});
		return (guarded != null) ? guarded : this.faults.get(() -> bare(span));
	}

	/**
	 * A span with all of its words left out.
	 */
	private SpanData bare(SpanData span) {
		this.texts.statistics().masked(GuardStatistics.UNREADABLE);
		return new GuardedSpan(span, new GuardedSpan.Content('<' + GuardStatistics.UNREADABLE + '>',
				SpanPass.withoutState(span.getSpanContext()), Resource.empty(), InstrumentationScopeInfo.empty(),
				Attributes.empty(), List.of(), List.of(), StatusData.create(span.getStatus().getStatusCode(), "")));
	}

	private void count(SpanData span) {
		GuardStatistics statistics = this.texts.statistics();
		int attributes = span.getTotalAttributeCount() - span.getAttributes().size();
		int events = span.getTotalRecordedEvents() - span.getEvents().size();
		int links = span.getTotalRecordedLinks() - span.getLinks().size();
		if (attributes > 0) {
			statistics.droppedAttributes.add(attributes);
		}
		if (events > 0) {
			statistics.droppedEvents.add(events);
		}
		if (links > 0) {
			statistics.droppedLinks.add(links);
		}
	}

	GuardStatistics statistics() {
		return this.texts.statistics();
	}

	int explodedAttributes() {
		return this.values.exploded();
	}

}
