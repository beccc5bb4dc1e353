package io.hindspan.neo4j;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CypherScanner}.
 */
class CypherScannerTests {

	@ParameterizedTest
	@CsvSource(delimiter = ';', quoteCharacter = '~', textBlock = """
			MATCH (t:Task {title: 'a'}) RETURN t                           ; MATCH Task ; MATCH Task
			match (t:`Task`) return t                                      ; MATCH Task ; MATCH Task
			MATCH (t:Task) DETACH DELETE t                                 ; MATCH Task ; MATCH Task DELETE
			MATCH (n) DETACH DELETE n                                      ; MATCH ; MATCH DELETE
			MATCH (p:Person)-[:OWNS]->(t:Task) RETURN t                    ; MATCH ; MATCH Person OWNS Task
			MATCH (p)-[:KNOWS|LIKES*1..5]->(q) RETURN q                    ; MATCH ; MATCH KNOWS LIKES
			MERGE (t:Task {id: $id}) ON CREATE SET t.at = 1 RETURN t       ; MERGE Task ; MERGE Task SET
			UNWIND $rows AS row CREATE (t:Task) SET t = row                ; CREATE Task ; CREATE Task SET
			OPTIONAL MATCH (h:Task) WITH h CREATE (t:Task) RETURN t        ; MATCH Task ; MATCH Task CREATE Task
			CALL db.labels() YIELD label RETURN label                      ; CALL ; CALL
			CALL { MATCH (t:Task) RETURN t } RETURN t                      ; CALL Task ; CALL MATCH Task
			RETURN 1                                                       ; RETURN ; RETURN
			UNWIND [1, 0] AS x RETURN 1 / x                                ; UNWIND ; UNWIND
			MATCH (t:Task) SET t:Done, t += {set: 1, match: 2} RETURN t    ; MATCH ; MATCH Task SET Done
			MATCH (start:Task) RETURN start, t.merge                       ; MATCH Task ; MATCH Task
			SHOW INDEXES                                                   ; SHOW ; SHOW
			PROFILE MATCH (t:Task_2026_11) RETURN t                        ; MATCH Task_?_? ; MATCH Task_2026_11
			""")
	void nameAndSummary(String cypher, String name, String summary) {
		CypherQuery query = CypherScanner.scan(cypher);
		assertThat(query.spanName()).isEqualTo(name);
		assertThat(query.summary()).isEqualTo(summary);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
			RETURN 'a', "b", 'it\\'s', "it's", 'x''y'          | RETURN ?, ?, ?, ?, ??
			RETURN 1, -2.5, .5, 1e-10, 0xFFe-1, 1_000          | RETURN ?, -?, ?, ?, ?-?, ?
			MATCH (a)-[*1..5]->(b) RETURN a1.n2                | MATCH (a)-[*?..?]->(b) RETURN a1.n2
			RETURN [1, 2, 3], ['a','b'], [n, 1, 2], [[1, 2]]   | RETURN [?], [?], [n, ?, ?], [[?]]
			MATCH (n {a: 1, b: 'x'}) // secret                 | MATCH (n {a: ?, b: ?})
			MATCH /* secret */ (n) RETURN n.`a'b` + 'secret'   | MATCH (n) RETURN n.`a'b` + ?
			RETURN $id, $`a'b`, $0                             | RETURN $id, $`a'b`, $0
			RETURN 'not closed                                 | RETURN ?
			RETURN `not closed                                 | RETURN `not closed
			RETURN 'ends with \\                               | RETURN ?
			""")
	void textHasNoValues(String cypher, String text) {
		assertThat(CypherScanner.scan(cypher).text()).isEqualTo(text);
	}

	@Test
	void spaceAndLinesAreOneSpace() {
		assertThat(CypherScanner.scan("\n MATCH (n)\n\tRETURN\u0000n // end\n LIMIT 5").text())
			.isEqualTo("MATCH (n) RETURN n LIMIT ?");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "   ", ")]}", ":", "${", "§§", "'", "`", "//", "/*", "1.", "\uD83D\uDE00", "(((((" })
	void nothingIsRefused(String cypher) {
		assertThat(CypherScanner.scan(cypher).spanName()).isEqualTo("QUERY");
	}

	@Test
	void isBounded() {
		String label = "L".repeat(100_000);
		CypherQuery query = CypherScanner.scan("MATCH (n:" + label + ") " + "RETURN nn ".repeat(10_000));
		assertThat(query.text()).hasSizeLessThan(3 * CypherScanner.MAX_LENGTH).endsWith(" ...");
		assertThat(query.spanName()).hasSizeLessThan(200);
		assertThat(CypherScanner.scan("MATCH (n:A:B:C) ".repeat(1000)).summary())
			.hasSizeLessThanOrEqualTo(CypherScanner.MAX_SUMMARY);
		assertThat(CypherScanner.scan("(".repeat(1_000_000)).text()).hasSizeLessThan(3 * CypherScanner.MAX_LENGTH);
	}

}
