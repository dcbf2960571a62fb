package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Native memory that the system refuses, and a heap that is too small, end one call and no more. */
@EnabledOnOs(OS.LINUX)
class ShortMemoryTest {
    private static final String LIMIT = "ulimit -v 10000000 && exec \"$@\"";

    @TempDir
    private Path folder;

    static List<String> frameworks() {
        return Workspace.frameworks();
    }

    @ParameterizedTest
    @MethodSource("frameworks")
    void theCallFailsAndTheBackendGoesOn(String backend) throws Exception {
        ChildJvm child = ChildJvm.start(
                List.of("sh", "-c", LIMIT, "sh"),
                List.of("-Xmx100m"),
                System.getProperty("java.class.path"),
                folder.resolve("prints"),
                ShortMemory.class,
                backend);
        assertThat(child.exitCode()).as(child.printed() + child.errors()).isZero();
        List<String> time = List.of("of the process: refused", "of the heap: used up", "afterwards: the same");
        assertThat(child.printed().lines().toList().subList(0, 3)).isEqualTo(time);
        assertThat(child.printed().lines().toList().subList(3, 6)).isEqualTo(time);
    }
}
