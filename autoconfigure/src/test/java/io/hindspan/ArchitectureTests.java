package io.hindspan;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.NullMarked;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * Holds the layout: who may use whom, and what no class may do.
 */
@AnalyzeClasses(packages = "io.hindspan", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String[] SHARED = { "io.hindspan.core..", "io.hindspan.span..", "io.hindspan.propagation..",
			"io.hindspan.sql.." };

	private static final String[] TECHNOLOGIES = { "io.hindspan.web..", "io.hindspan.httpclient..",
			"io.hindspan.jdbc..", "io.hindspan.redis..", "io.hindspan.kafka..", "io.hindspan.rabbit..",
			"io.hindspan.task..", "io.hindspan.security..", "io.hindspan.mail..", "io.hindspan.retry..",
			"io.hindspan.repository..", "io.hindspan.quartz..", "io.hindspan.batch..", "io.hindspan.grpc..",
			"io.hindspan.s3..", "io.hindspan.websocket..", "io.hindspan.outbox..", "io.hindspan.r2dbc..",
			"io.hindspan.mongo..", "io.hindspan.cache..", "io.hindspan.neo4j.." };

	@ArchTest
	static final ArchRule sharedPackagesKnowNoTechnology = noClasses().that()
		.resideInAnyPackage(SHARED)
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage(TECHNOLOGIES)
		.orShould()
		.dependOnClassesThat()
		.resideInAnyPackage("io.hindspan.export..", "io.hindspan");

	@ArchTest
	static final ArchRule sharedPackagesUseNoTechnologysLibrary = noClasses().that()
		.resideInAnyPackage(SHARED)
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("jakarta.servlet..", "org.springframework.web..", "org.springframework.http..",
				"org.springframework.jdbc..", "org.springframework.data..", "org.springframework.kafka..",
				"org.springframework.amqp..", "org.springframework.batch..", "org.quartz..", "io.grpc..",
				"software.amazon.awssdk..", "io.lettuce..", "javax.sql..", "java.sql..", "io.r2dbc..", "com.mongodb..",
				"org.neo4j..");

	@ArchTest
	static final ArchRule technologiesKnowNoOtherTechnology = slices().matching("io.hindspan.(*)..")
		.should()
		.notDependOnEachOther()
		.ignoreDependency(DescribedPredicate.alwaysTrue(), JavaClass.Predicates.resideInAnyPackage(SHARED))
		.ignoreDependency(JavaClass.Predicates.resideInAPackage("io.hindspan.export.."),
				JavaClass.Predicates.resideInAnyPackage("io.hindspan.guard..", "io.hindspan.store.."))
		.ignoreDependency(JavaClass.Predicates.resideInAPackage("io.hindspan.analysis.."),
				JavaClass.Predicates.resideInAPackage("io.hindspan.store.."))
		.ignoreDependency(JavaClass.Predicates.resideInAPackage("io.hindspan.explorer.."), JavaClass.Predicates
			.resideInAnyPackage("io.hindspan.store..", "io.hindspan.analysis..", "io.hindspan.guard.."));

	@ArchTest
	static final ArchRule spanKnowsNoPropagationAndCoreKnowsNobody = noClasses().that()
		.resideInAPackage("io.hindspan.core..")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("io.hindspan.span..", "io.hindspan.propagation..");

	@ArchTest
	static final ArchRule autoConfigurationsArePublicAndFinal = classes().that()
		.areAnnotatedWith(AutoConfiguration.class)
		.should()
		.bePublic()
		.andShould()
		.haveModifier(JavaModifier.FINAL)
		.andShould()
		.haveSimpleNameEndingWith("AutoConfiguration");

	@ArchTest
	static final ArchRule noFieldIsInjected = fields().should()
		.notBeAnnotatedWith(Value.class)
		.andShould()
		.notBeAnnotatedWith(Autowired.class);

	@ArchTest
	static final ArchRule nobodySleepsOrAsksTheWallClock = noClasses().should()
		.callMethod(Thread.class, "sleep", long.class)
		.orShould()
		.callMethod(System.class, "currentTimeMillis");

	@ArchTest
	static final ArchRule noVagueNames = noClasses().should()
		.haveSimpleNameEndingWith("Utils")
		.orShould()
		.haveSimpleNameEndingWith("Helper")
		.orShould()
		.haveSimpleNameEndingWith("Manager");

	@ArchTest
	static final ArchRule packagesAreNullMarked = classes().that()
		.haveSimpleName("package-info")
		.should()
		.beAnnotatedWith(NullMarked.class);

	@ArchTest
	static final ArchRule noMutableStatics = fields().that().areStatic().should().beFinal();

}
