package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A framework without its native library, or with one that is damaged: an error of that backend, and of no other. */
@EnabledOnOs(
        value = OS.LINUX,
        architectures = {"amd64", "x86_64"})
class MissingNativesTest {
    /**
     * Where a backend's native code is.
     *
     * @param jar what the jar's name matches
     * @param property names the folder that its libraries are taken out into
     * @param libraries the files in it without which nothing runs
     */
    private record Natives(String jar, String property, List<String> libraries) {}

    /** JavaCPP looks for a file of the same name elsewhere if one is damaged; DJL's jars hold more than libraries. */
    private static final String JAVACPP = "org.bytedeco.javacpp.cachedir";

    private static final String DJL = "ENGINE_CACHE_DIR";

    private static final String ND4J = "org/nd4j/linalg/cpu/nativecpu/bindings/linux-x86_64/";
    private static final String TENSORFLOW = "org/tensorflow/internal/c_api/linux-x86_64/";
    private static final Map<String, Natives> NATIVES = Map.of(
            "dl4j",
            new Natives("nd4j-native-.*-linux.*", JAVACPP, List.of(ND4J + "libjnind4jcpu.so", ND4J + "libnd4jcpu.so")),
            "djl",
            new Natives("pytorch-native-cpu-.*", DJL, List.of("pytorch/cpu/linux-x86_64/libtorch_cpu.so")),
            "djl-mxnet",
            new Natives("mxnet-native-.*", DJL, List.of("native/lib/libmxnet.so")),
            "tf",
            new Natives(
                    "tensorflow-core-native-.*-linux.*",
                    JAVACPP,
                    List.of(
                            TENSORFLOW + "libjnitensorflow.so",
                            TENSORFLOW + "libtensorflow_cc.so.2",
                            TENSORFLOW + "libtensorflow_framework.so.2")));

    @TempDir
    private Path folder;

    private Workspace work;

    @BeforeEach
    void prepare() {
        work = new Workspace(folder);
        work.text("layer.json", Workspace.LINEAR);
        work.arrays("x.safetensors", "x", Workspace.X);
    }

    static List<String> frameworks() {
        return Workspace.frameworks();
    }

    @ParameterizedTest
    @MethodSource("frameworks")
    void aMissingLibraryIsAnError(String backend) throws Exception {
        assertFails(backend, classPathWithout(natives(backend).jar()));
    }

    @ParameterizedTest
    @MethodSource("frameworks")
    void aDamagedLibraryIsAnError(String backend) throws Exception {
        assertFails(backend, damaged(backend));
    }

    @Test
    void theOtherBackendsWork() throws Exception {
        String broken = Workspace.backend();
        ChildJvm child = start(broken, damaged(broken), "backends");
        assertThat(child.exitCode()).as(child.errors()).isEqualTo(1);
        assertThat(child.printed().lines().filter(line -> line.startsWith(broken + " ")))
                .singleElement()
                .asString()
                .contains("could not be loaded");
        for (String other : Workspace.frameworks()) {
            if (!other.equals(broken)) {
                assertThat(child.printed()).containsPattern("(?m)^" + other + " .*float32");
            }
        }
    }

    private static Natives natives(String backend) {
        return Objects.requireNonNull(NATIVES.get(backend), () -> backend + " has no entry in this test");
    }

    private static String classPathWithout(String jar) {
        List<String> all = List.of(System.getProperty("java.class.path").split(File.pathSeparator, -1));
        List<String> kept = all.stream()
                .filter(path -> !String.valueOf(Path.of(path).getFileName()).matches(jar))
                .toList();
        assertThat(kept).as("without %s", jar).hasSizeLessThan(all.size());
        return String.join(File.pathSeparator, kept);
    }

    /** A class path on which files of the library's names, that are no libraries, are found first. */
    private String damaged(String backend) throws IOException {
        for (String library : natives(backend).libraries()) {
            Path file = work.at("damaged").resolve(library);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "this is no library");
        }
        String rest = natives(backend).property().equals(JAVACPP)
                ? classPathWithout(natives(backend).jar())
                : System.getProperty("java.class.path");
        return work.at("damaged") + File.pathSeparator + rest;
    }

    private void assertFails(String backend, String classPath) throws Exception {
        ChildJvm child = start(
                backend,
                classPath,
                "run",
                work.at("layer.json"),
                "--backend",
                backend,
                "--input",
                work.at("x.safetensors"),
                "--seed",
                1,
                "--output",
                work.at("y.safetensors"));
        assertThat(child.exitCode()).as(child.errors()).isEqualTo(1);
        assertThat(child.errors())
                .contains("backend " + backend, "could not be loaded", "Nothing can run on it", "[BACKEND_FAILURE]")
                .doesNotContain("\tat ", "ExceptionInInitializerError");
        assertThat(work.files()).doesNotContain("y.safetensors");
    }

    /** Its libraries are taken out of their jars into a folder that is empty, not into the user's. */
    private ChildJvm start(String backend, String classPath, Object... arguments) {
        return ChildJvm.start(
                List.of("-D" + natives(backend).property() + "=" + work.at("cache")),
                classPath,
                work.at("prints"),
                Main.class,
                arguments);
    }
}
