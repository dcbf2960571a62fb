package org.lamina.documentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamina.Backend;
import org.lamina.architecture.SourceTree;

/** The programs of examples/native read digits, and what the documents show of each framework is taken from them. */
class NativeExamplesTest {
    private static final Pattern ACCURACY = Pattern.compile("accuracy on 360 test images: (\\S+) %");

    @ParameterizedTest
    @CsvSource({"dl4j, Dl4jDigits, ''", "djl, DjlDigits, PyTorch", "djl-mxnet, DjlDigits, MXNet", "tf, TfDigits, ''"})
    void readsDigits(String backend, String program, String argument) throws IOException, InterruptedException {
        assumeTrue(Backend.available().contains(backend));
        String printed = run(source(program), argument);
        Matcher accuracy = ACCURACY.matcher(printed);
        assertThat(accuracy.find()).as(printed).isTrue();
        assertThat(Double.parseDouble(accuracy.group(1))).isGreaterThan(95);
        assertThat(printed).doesNotContain("false");
    }

    @ParameterizedTest
    @CsvSource({"dl4j, Dl4jDigits", "djl, DjlDigits", "tf, TfDigits"})
    void documentsQuoteThePrograms(String framework, String program) {
        String source = withoutIndents(
                Document.read("examples/native/" + program + ".java").text());
        for (String document : List.of("README.md", "docs/native.md")) {
            List<String> quotes = Document.read(document).java(framework);
            assertThat(quotes).as(document).isNotEmpty();
            assertThat(quotes)
                    .as(document)
                    .map(NativeExamplesTest::withoutIndents)
                    .allMatch(source::contains);
        }
    }

    private static Path source(String program) {
        return SourceTree.ofThisProject().home().resolve("examples/native").resolve(program + ".java");
    }

    private static String withoutIndents(String text) {
        return text.replaceAll("(?m)^ +", "");
    }

    /** As a user runs it: the source, by a JVM of its own. */
    private static String run(Path source, String argument) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command =
                Stream.of(java, "-cp", classPath, source.toString(), argument).toList();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }
}
