package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Frameworks bring libraries of the same names, protobuf and OpenMP among them, and must not use each other's: every framework
 * works when it is loaded before or after any other.
 */
class LoadOrderTest {
    @TempDir
    private Path folder;

    /** In one order and its reverse, each is once before and once after each other. */
    static Stream<List<String>> orders() {
        List<String> reversed = new ArrayList<>(Workspace.frameworks());
        Collections.reverse(reversed);
        return Stream.of(Workspace.frameworks(), reversed).distinct();
    }

    @ParameterizedTest
    @MethodSource("orders")
    void allWorkInOneProcess(List<String> order) throws Exception {
        Workspace work = new Workspace(folder);
        ChildJvm child = ChildJvm.lamina(
                work.at("prints"),
                "conform",
                "--layer",
                work.text("layer.json", Workspace.LINEAR),
                "--backend",
                String.join(",", order));
        assertThat(child.exitCode()).as(child.errors()).isZero();
        assertThat(child.printed()).contains(order);
    }
}
