package io.hindspan.store;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import io.hindspan.span.SemanticKey;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a query knows both names of whatever the project writes.
 */
class FieldNamesTests {

	@Test
	void knowsBothNamesOfEachKeyOfTheProject() throws IllegalAccessException {
		List<SemanticKey<?>> renamed = renamed();
		assertThat(renamed).hasSizeGreaterThan(30);
		for (SemanticKey<?> key : renamed) {
			String stable = key.stable().getKey();
			String legacy = key.legacy().getKey();
			if (FieldNames.URLS.contains(stable)) {
				assertThat(FieldNames.WITH_URL).contains(stable, legacy);
			}
			else {
				assertThat(FieldNames.of(stable)).contains(stable, legacy);
				assertThat(FieldNames.of(legacy)).contains(stable, legacy);
			}
		}
	}

	private static List<SemanticKey<?>> renamed() throws IllegalAccessException {
		List<SemanticKey<?>> renamed = new ArrayList<>();
		for (JavaClass type : new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
			.importPackages("io.hindspan")) {
			if (type.getFields().stream().noneMatch((field) -> field.getRawType().isEquivalentTo(SemanticKey.class))) {
				continue;
			}
			for (Field field : type.reflect().getDeclaredFields()) {
				if (field.getType() == SemanticKey.class && Modifier.isStatic(field.getModifiers())) {
					field.setAccessible(true);
					SemanticKey<?> key = (SemanticKey<?>) field.get(null);
					if (!key.stable().getKey().equals(key.legacy().getKey())) {
						renamed.add(key);
					}
				}
			}
		}
		return renamed;
	}

	@Test
	void nameThatNeverChangedStandsForItself() {
		assertThat(FieldNames.of("user.id")).containsExactly("user.id");
		assertThat(FieldNames.isKnown("user.id")).isFalse();
		assertThat(FieldNames.isKnown("db.operation")).isTrue();
	}

}
