package org.lamina.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;

/** A write is whole or did not happen. */
class AtomicWriteTest {
    @TempDir
    private Path folder;

    private static AtomicWrite.Content text(String text) {
        return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static AtomicWrite.Content failing(Exception failure) {
        return out -> {
            out.write(new byte[100_000]);
            if (failure instanceof IOException io) {
                throw io;
            }
            throw (RuntimeException) failure;
        };
    }

    private List<String> held() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void assertNotWritten(Runnable write, String fact) {
        assertThatThrownBy(write::run)
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_ACCESS))
                .hasMessageContaining(fact)
                .hasMessageContaining("what was there is unchanged");
    }

    @Test
    void writesAndReplacesAFile() throws IOException {
        Path file = folder.resolve("file");
        AtomicWrite.file(file, text("one"));
        AtomicWrite.file(file, text("two"));
        assertThat(file).hasContent("two");
        assertThat(held()).containsExactly("file");
    }

    @Test
    void leavesTheOldFileAndNothingElseWhenItFails() throws IOException {
        Path file = folder.resolve("file");
        AtomicWrite.file(file, text("old"));
        assertNotWritten(() -> AtomicWrite.file(file, failing(new IOException("No space left"))), "No space left");
        assertThatThrownBy(() -> AtomicWrite.file(file, failing(new IllegalStateException("bug"))))
                .isInstanceOf(IllegalStateException.class);
        assertThat(file).hasContent("old");
        assertThat(held()).containsExactly("file");
    }

    @Test
    void writesFilesTogetherOrNone() throws IOException {
        Path one = folder.resolve("one");
        Path two = folder.resolve("two");
        AtomicWrite.file(two, text("old"));
        Map<Path, AtomicWrite.Content> files = new LinkedHashMap<>();
        files.put(one, text("1"));
        files.put(two, failing(new IOException("full")));
        assertNotWritten(() -> AtomicWrite.files(files), two + ": full");
        assertThat(held()).containsExactly("two");
        files.put(two, text("2"));
        AtomicWrite.files(files);
        assertThat(one).hasContent("1");
        assertThat(two).hasContent("2");
        assertThat(held()).containsExactly("one", "two");
    }

    @Test
    void neitherWritesIntoAMissingFolderNorOverAFolder() throws IOException {
        assertNotWritten(() -> AtomicWrite.file(folder.resolve("none/file"), text("")), "there is no folder");
        assertNotWritten(() -> AtomicWrite.file(folder, text("")), "no regular file");
        assertNotWritten(() -> AtomicWrite.file(Path.of("/"), text("")), "no regular file");
        assertThat(held()).isEmpty();
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void doesNotReplaceADevice() {
        assertNotWritten(() -> AtomicWrite.file(Path.of("/dev/null"), text("")), "no regular file");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void writesThroughALink() throws IOException {
        Path file = folder.resolve("file");
        Path link = folder.resolve("link");
        AtomicWrite.file(file, text("one"));
        Files.createSymbolicLink(link, file);
        AtomicWrite.file(link, text("two"));
        assertThat(link).isSymbolicLink();
        assertThat(file).hasContent("two");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void writesWhereALinkLeadsThatLeadsToNothingYet() throws IOException {
        Path file = folder.resolve("file");
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("file"));
        AtomicWrite.file(link, text("one"));
        assertThat(link).isSymbolicLink();
        assertThat(file).isRegularFile().hasContent("one");
        Path astray = Files.createSymbolicLink(folder.resolve("astray"), Path.of("none/file"));
        assertNotWritten(() -> AtomicWrite.file(astray, text("")), "there is no folder");
        Path loop = Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
        assertNotWritten(() -> AtomicWrite.file(loop, text("")), "leads to itself");
        assertThat(held()).containsExactly("astray", "file", "link", "loop");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void neitherFillsNorReplacesAPipe() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertNotWritten(() -> AtomicWrite.file(pipe, text("")), "no regular file");
        assertNotWritten(() -> AtomicWrite.folder(pipe, Map.of()), "no folder");
        assertThat(held()).containsExactly("pipe");
    }

    @Test
    void saysThatTheThreadWasInterrupted() throws IOException {
        Path file = folder.resolve("file");
        Thread.currentThread().interrupt();
        try {
            assertNotWritten(() -> AtomicWrite.file(file, text("one")), "interrupted");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(held()).isEmpty();
    }

    @Test
    void writesAndReplacesAFolder() throws IOException {
        Path target = folder.resolve("target");
        AtomicWrite.folder(target, Map.of("a", text("1"), "b", text("2")));
        AtomicWrite.folder(target, Map.of("a", text("3"), "b", text("4")));
        assertThat(target.resolve("a")).hasContent("3");
        assertThat(target.resolve("b")).hasContent("4");
        assertThat(held()).containsExactly("target");
    }

    @Test
    void leavesTheOldFolderWhenItFails() throws IOException {
        Path target = folder.resolve("target");
        AtomicWrite.folder(target, Map.of("a", text("1")));
        assertNotWritten(() -> AtomicWrite.folder(target, Map.of("a", failing(new IOException("full")))), "full");
        assertThat(target.resolve("a")).hasContent("1");
        assertThat(held()).containsExactly("target");
    }

    @Test
    void deletesNothingItDoesNotReplace() throws IOException {
        Path target = Files.createDirectory(folder.resolve("target"));
        AtomicWrite.folder(target, Map.of("a", text("into an empty one")));
        Files.writeString(target.resolve("mine"), "mine");
        assertNotWritten(() -> AtomicWrite.folder(target, Map.of("a", text("2"))), "holds mine");
        Files.delete(target.resolve("mine"));
        Files.createDirectories(target.resolve("b/c"));
        assertNotWritten(() -> AtomicWrite.folder(target, Map.of("a", text("2"), "b", text("3"))), "holds b");
        assertThat(target.resolve("a")).hasContent("into an empty one");
        assertNotWritten(() -> AtomicWrite.folder(target.resolve("a"), Map.of()), "no folder");
    }

    /** As native code fills one, with folders in it; there is no list of names to hold the old one to. */
    @Test
    void replacesAFolderOfAnyContent() throws IOException {
        Path target = folder.resolve("target");
        for (String round : List.of("old", "new")) {
            AtomicWrite.folder(
                    target,
                    real -> assertThat(real.resolve("deep/er")).isDirectory(),
                    filled -> Files.writeString(
                            Files.createDirectories(filled.resolve("deep/er")).resolve("a"), round));
        }
        assertNotWritten(
                () -> AtomicWrite.folder(target, real -> {}, filled -> {
                    Files.createDirectories(filled.resolve("deep/er"));
                    throw new IOException("full");
                }),
                "full");
        assertThat(target.resolve("deep/er/a")).hasContent("new");
        assertThat(held()).containsExactly("target");
    }

    /** As a process killed between the two renames leaves it. */
    @Test
    void findsTheFolderThatWasAboutToBeReplaced() throws IOException {
        Path target = folder.resolve("target");
        AtomicWrite.folder(target, Map.of("a", text("old")));
        Path retired = Files.move(target, folder.resolve(".target.replaced.tmp"));
        assertThat(AtomicWrite.current(target)).isEqualTo(retired);
        AtomicWrite.folder(target, Map.of("a", text("new")));
        assertThat(AtomicWrite.current(target)).isEqualTo(target);
        assertThat(target.resolve("a")).hasContent("new");
        assertThat(held()).containsExactly("target");
    }

    @Test
    void writesTheSameArchiveAlways() throws IOException {
        Map<String, AtomicWrite.Content> entries = new LinkedHashMap<>();
        entries.put("b", text("bee"));
        entries.put("a", text("x".repeat(100_000)));
        Path first = folder.resolve("first.zip");
        Path second = folder.resolve("second.zip");
        AtomicWrite.zip(first, entries);
        AtomicWrite.zip(second, entries);
        assertThat(first).hasSameBinaryContentAs(second);
        try (ZipInput zip = ZipInput.open(first)) {
            assertThat(zip.names()).containsExactly("b", "a");
            assertThat(zip.read("b").readRest(3)).asString().isEqualTo("bee");
        }
    }
}
