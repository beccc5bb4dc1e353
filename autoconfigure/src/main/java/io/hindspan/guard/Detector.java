package io.hindspan.guard;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/**
 * The detectors that Hindspan brings, in the order in which they look at a character.
 */
enum Detector {

	/** Addresses of e-mail. */
	EMAIL(new EmailScanner()),

	/** JSON Web Tokens, signed, encrypted or neither. */
	JWT(new JwtScanner()),

	/** What follows {@code Bearer} and {@code Basic}. */
	CREDENTIALS(new CredentialsScanner()),

	/** Numbers of payment cards. */
	CARD(new CardScanner()),

	/** International bank account numbers. */
	IBAN(new IbanScanner()),

	/** The user's part and the parameters' values of URLs. */
	URL(new UrlScanner()),

	/** Keys and tokens that have a known beginning. */
	TOKEN(new TokenScanner()),

	/** Private keys in PEM. */
	PRIVATE_KEY(new PrivateKeyScanner()),

	/** What a text itself calls a password or the like. */
	SECRET(new SecretScanner()),

	/** Literals of SQL and values of rows in messages of databases. */
	SQL(new DatabaseMessageScanner());

	private final Scanner scanner;

	Detector(Scanner scanner) {
		this.scanner = scanner;
	}

	/**
	 * Without those that go by names, or look for literals: in a query without literals
	 * all is names.
	 */
	static Set<Detector> withoutNames(Collection<Detector> detectors) {
		Set<Detector> without = EnumSet.noneOf(Detector.class);
		without.addAll(detectors);
		without.removeAll(EnumSet.of(SECRET, SQL));
		return without;
	}

	Scanner scanner() {
		return this.scanner;
	}

}
