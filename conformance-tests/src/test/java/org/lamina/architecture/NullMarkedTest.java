package org.lamina.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** NullAway checks annotated packages only, so a package without the annotation would pass unchecked. */
class NullMarkedTest {
    @Test
    void everyPackageIsNullMarked() {
        Set<String> packages = new TreeSet<>();
        Set<String> marked = new TreeSet<>();
        for (Path folder : SourceTree.ofThisProject().sourceFolders()) {
            for (Path file : SourceTree.javaFiles(folder)) {
                String name = folder.relativize(file.getParent()).toString();
                packages.add(name);
                if (file.endsWith("package-info.java") && isNullMarked(file)) {
                    marked.add(name);
                }
            }
        }
        assertThat(packages).isNotEmpty();
        assertThat(marked).isEqualTo(packages);
    }

    private static boolean isNullMarked(Path file) {
        try {
            return Files.readString(file).contains("@NullMarked");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
