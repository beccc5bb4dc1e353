package io.hindspan.guard;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what detectors find, and for what is left around it.
 */
class TextDetectorTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~',
			textBlock = """
											mail to john@example.com, please | mail to <email:16>, please
											a=john%40example.com&b=1 | a=<email:32>&b=1
											Bearer 3fd0.42-x_9 | Bearer <bearer:16>
											Authorization: Basic dXNlcjpwYXNz | Authorization: <secret:32>
											sent Basic dXNlcjpwYXNz to it | sent Basic <basic:16> to it
											card%3D4111111111111111%26x | card%3D<card:16>%26x
							card%204111%201111%201111%201111 | card%20<card:32>
							{\"a\":\"x\\n4111111111111111\\tBearer abc.12345678\"} | {\"a\":\"x\\n<card:16>\\tBearer <bearer:16>\"}
							x%3DeyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln%26 | x%3D<jwt:64>%26
							paid with 4111 1111 1111 1111. | paid with <card:32>.
											paid with VISA4111111111111111 | paid with VISA<card:16>
											7,4111111111111111,x | 7,<card:16>,x
											IBAN DE89 3704 0044 0532 0130 00! | IBAN <iban:32>!
											https://john:pa55@example.com/a?x=1#f | https://<userinfo:16>@example.com/a?x=<value:1>#f
											GET /a?q=John+Doe&page={page}: 404 | GET /a?q=<value:8>&page={page}: 404
											jdbc:oracle:thin:scott/tiger@db:1521 | jdbc:oracle:thin:<userinfo:16>@db:1521
											jdbc:sqlserver://db;user=sa;password=pa55;encrypt=true | jdbc:sqlserver://db;user=sa;password=<secret:4>;encrypt=true
											{"password":"it's \\"quoted\\"","id":1} | {"password":"<secret:16>","id":1}
											Login[name=x, password=pa,55)w, id=1] | Login[name=x, password=<secret:8>, id=1]
											{cookie=[a=b; c=d], host=[h]} | {cookie=[<secret:8>], host=[h]}
											Cookie: a=b; c=d | Cookie: <secret:8>
											API key: abc123def | API key: <secret:16>
											Key (email)=(x y) already exists. | Key (email)=(<row:4>) already exists.
											password: must not be blank | password: must not be blank
											Basic authentication failed | Basic authentication failed
											at a.Token.next(Token.java:42) | at a.Token.next(Token.java:42)
											[insert into t (a, b) values (?, ?)] [n/a] | [insert into t (a, b) values (?, ?)] [n/a]
									values (1, 'x (y') ], z (a) | values (<row:16>) ], z (a)
									Invalid value 'x' for the property 'set' | Invalid value 'x' for the property 'set'
									insert into t values ('a', 'b') | insert into t values (<row:8>)
									update t set a = 'x', b = 'y' | update t set a = '<literal:1>', b = '<literal:1>'
									on field 'password': rejected value [a]b]; codes [x] | on field 'password': rejected value [<secret:4>]; codes [x]
					name 'tokenStore': Unsatisfied dependency | name 'tokenStore': Unsatisfied dependency
					field 'password': Unsatisfied dependency | field 'password': Unsatisfied dependency
					where a.token_id = b.token_id | where a.token_id = b.token_id
											where u.password = :password and x | where u.password = :password and x
											MATCH (u:User {token: $token}) RETURN u | MATCH (u:User {token: $token}) RETURN u
											token=[abcdef], x | token=[<secret:8>], x
											password=<hunter> x | password=<secret:8> x
											password=[REDACTED], token=[Filtered] | password=[REDACTED], token=[Filtered]
											ALTER USER u WITH PASSWORD 'hunter2' | ALTER USER u WITH PASSWORD '<secret:8>'
											""")
	void onlyTheSecretIsReplaced(String text, String masked) {
		assertThat(Guards.mask(text)).isEqualTo(masked);
	}

	@ParameterizedTest
	@ValueSource(strings = { "password=<secret:8>", "<email:16>", "https://<userinfo:16>@h/?a=<value:4>",
			"Bearer <bearer:64>", "password=?", "password=${DB_PASSWORD}", "Authorization: <secret:32>" })
	void whatIsMaskedIsNotMaskedAgain(String text) {
		assertThat(Guards.mask(text)).isEqualTo(text);
	}

	@Test
	void stackTraceStaysReadable() {
		String trace = """
				java.lang.IllegalStateException: No user john@example.com
					at java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1136)
					at com.example.TokenService$$SpringCGLIB$$0.validate(<generated>)
				Caused by: java.sql.SQLException: password='hunter2'
					... 42 more
				""";
		assertThat(Guards.mask(trace))
			.isEqualTo(trace.replace("john@example.com", "<email:16>").replace("hunter2", "<secret:8>"));
	}

}
