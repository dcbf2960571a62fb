package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.lamina.io.Json;

/** docs/licences.md lists the libraries of the bill of materials that the build makes, each with its version and licence. */
@EnabledIf(value = "isMade", disabledReason = "mvn -o makes no bill of materials, as it may have to fetch licences")
class LicencesPageTest {
    private static final int FRAMEWORKS = 4;
    private static final Path BILL = Path.of(System.getProperty("basedir", ""), "target", "bom.json");
    private static final Path PAGE = Path.of(System.getProperty("lamina.home"), "docs", "licences.md");

    static boolean isMade() {
        return Files.exists(BILL);
    }

    @Test
    void listsTheLibrariesOfTheBillOfMaterials() throws IOException {
        Set<String> used = rows();
        Set<String> listed = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| `"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(used).hasSizeGreaterThan(10);
        String remedy = "the rows that docs/licences.md should have:\n" + String.join("\n", used);
        assertThat(listed).as(remedy).containsAll(used);
        if (Workspace.frameworks().size() == FRAMEWORKS) {
            assertThat(used).as(remedy).isEqualTo(listed);
        }
    }

    @Test
    void nothingHasALicenceThatIsNotFree() throws IOException {
        assertThat(rows()).allSatisfy(row -> assertThat(row)
                .asInstanceOf(STRING)
                .containsAnyOf("Apache-2.0", "BSD", "MIT", "EPL-1.0")
                .doesNotContain("AGPL"));
    }

    private static Set<String> rows() throws IOException {
        Json.Fields bill = (Json.Fields) Json.parse(Files.readString(BILL));
        return ((Json.Elements) value(bill, "components"))
                .values().stream()
                        .map(Json.Fields.class::cast)
                        .filter(component -> !text(component, "group").equals("org.lamina"))
                        .map(LicencesPageTest::row)
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String row(Json.Fields component) {
        List<String> licences = ((Json.Elements) value(component, "licenses"))
                .values().stream()
                        .map(choice -> (Json.Fields) value((Json.Fields) choice, "license"))
                        .map(licence -> text(licence, licence.values().containsKey("id") ? "id" : "name"))
                        .toList();
        return "| `" + text(component, "group") + ":" + text(component, "name") + "` | " + text(component, "version")
                + " | " + String.join(" or ", licences) + " |";
    }

    private static Json value(Json.Fields fields, String name) {
        return Objects.requireNonNull(fields.values().get(name), name);
    }

    private static String text(Json.Fields fields, String name) {
        return ((Json.Text) value(fields, name)).value();
    }
}
