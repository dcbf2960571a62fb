package org.lamina.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Java in the documents compiles, and where it says what it prints, it prints that. */
class JavaBlocksTest {
    private static final String MODEL = """
            Backend backend = Backend.load("reference");
            HostArray x = HostArray.uniform(Shape.of(4, 8), 7);
            Layer net = Sequential.of(new Dense(3), new CenteredLayer());
            Model model = backend.model(net).initialize(x.shape(), 1);
            """;
    private static final String TRAINING = MODEL + """
            HostArray images = x;
            HostArray labels = HostArray.of(Shape.of(4), 0L, 1L, 2L, 1L);
            """;

    @TempDir
    private Path folder;

    @Test
    void readmeRuns() throws Exception {
        run(new JavaBlocks(Document.read("README.md"), TRAINING));
    }

    @Test
    void writingLayersRuns() throws Exception {
        run(new JavaBlocks(Document.read("docs/writing-layers.md"), MODEL));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "docs/training.md | Trainer trainer; Batches batches; Loss loss; Optimizer optimizer; Path file; long seed; "
                        + "List<HostArray> samples; double[] losses;",
                "docs/formats.md | HostArray y; Path file;",
                "docs/errors.md | int unused;"
            })
    void theOthersCompile(String path, String fields) throws IOException {
        JavaBlocks blocks = new JavaBlocks(Document.read(path), TRAINING + fields);
        assertThat(blocks.document().java()).isNotEmpty();
        compile(blocks.source());
    }

    private void run(JavaBlocks blocks) throws Exception {
        compile(blocks.source());
        List<String> statements = blocks.statements();
        assertThat(statements).isNotEmpty();
        System.setProperty("lamina.backend", "reference");
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
            for (int i = 0; i < statements.size(); i++) {
                assertPrints(loader.loadClass(JavaBlocks.NAME), i, statements.get(i));
            }
        } finally {
            System.clearProperty("lamina.backend");
        }
    }

    private void assertPrints(Class<?> type, int number, String block) throws ReflectiveOperationException {
        Object instance = type.getConstructor().newInstance();
        type.getField("folder").set(instance, folder);
        type.getMethod("block" + number).invoke(instance);
        List<String> expected = JavaBlocks.printed(block);
        if (!expected.isEmpty()) {
            assertThat(type.getField("printed").get(instance)).as(block).isEqualTo(expected);
        }
    }

    private void compile(String source) throws IOException {
        Path file = Files.writeString(folder.resolve(JavaBlocks.NAME + ".java"), source);
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "tests need a JDK");
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of("-proc:none", "-classpath", classPath, "-d", folder.toString());
            boolean compiled = compiler.getTask(messages, files, null, options, null, files.getJavaFileObjects(file))
                    .call();
            assertThat(compiled).as(messages + source).isTrue();
        }
    }
}
