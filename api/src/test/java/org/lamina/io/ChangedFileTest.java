package org.lamina.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layers.Dense;

/**
 * Files that are cut or overwritten in place while they are read: what is read is one file or an error, never a crash. Safetensors
 * has no checksum, so that a change within one tick of the file system's clock may go unseen.
 */
class ChangedFileTest {
    private static final int READS = Integer.getInteger("lamina.reads", 50);
    private static final Shape SHAPE = Shape.of(64, 1024);

    @TempDir
    private Path folder;

    private byte[] old = new byte[0];
    private byte[] other = new byte[0];
    private Path file = Path.of("");

    private enum Kind {
        SAFETENSORS,
        NPZ,
        ARCHIVE;

        void write(Map<String, HostArray> values, Path folder) {
            switch (this) {
                case SAFETENSORS -> Safetensors.of(values).write(folder.resolve("x.safetensors"));
                case NPZ -> AtomicWrite.file(folder.resolve("x.npz"), Npz.content(values));
                case ARCHIVE -> new Bundle(new Dense(1), Safetensors.of(values)).write(folder.resolve("x.zip"));
            }
        }

        Map<String, HostArray> read(Path file) {
            return switch (this) {
                case SAFETENSORS -> Safetensors.read(file).tensors();
                case NPZ -> Npz.read(file);
                case ARCHIVE -> Bundle.read(file).weights().tensors();
            };
        }

        boolean hasChecksum() {
            return this != SAFETENSORS;
        }
    }

    private void prepare(Kind kind) throws IOException {
        old = bytes(kind, 1);
        other = bytes(kind, 2);
    }

    private byte[] bytes(Kind kind, double value) throws IOException {
        HostArray array = HostArray.full(new TensorType(DType.FLOAT32, SHAPE), value);
        kind.write(Map.of("a", array, "b", array), folder);
        file = onlyFile();
        return Files.readAllBytes(file);
    }

    private Path onlyFile() throws IOException {
        try (var files = Files.list(folder)) {
            return files.findFirst().orElseThrow();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aThreadThatChangesItIsNoticed(Kind kind) throws Exception {
        prepare(kind);
        AtomicBoolean done = new AtomicBoolean();
        Thread writer = new Thread(() -> changeUntil(done));
        writer.start();
        try {
            readAll(kind);
        } finally {
            done.set(true);
            writer.join();
        }
    }

    /** Cuts it, fills it again, and overwrites it with another. */
    private void changeUntil(AtomicBoolean done) {
        try (RandomAccessFile target = new RandomAccessFile(file.toFile(), "rw")) {
            for (int round = 1; !done.get(); round++) {
                if (round % 3 == 0) {
                    target.setLength(old.length / 2);
                }
                target.seek(0);
                target.write(round % 2 == 0 ? old : other);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    @EnabledOnOs(OS.LINUX)
    void aProcessThatChangesItIsNoticed(Kind kind) throws Exception {
        prepare(kind);
        Path first = Files.write(folder.resolve("first"), old);
        Path second = Files.write(folder.resolve("second"), other);
        Process writer = new ProcessBuilder(
                        "sh",
                        "-c",
                        "while cat \"$1\" >\"$3\" && cat \"$2\" >\"$3\"; do :; done",
                        "sh",
                        first.toString(),
                        second.toString(),
                        file.toString())
                .start();
        try {
            readAll(kind);
        } finally {
            writer.destroyForcibly().waitFor();
        }
    }

    private void readAll(Kind kind) {
        for (int read = 0; read < READS; read++) {
            try {
                Collection<HostArray> values = kind.read(file).values();
                double first = values.iterator().next().doubleAt(0);
                assertThat(first).isIn(1.0, 2.0);
                if (kind.hasChecksum()) {
                    assertThat(values)
                            .allSatisfy(value -> assertThat(value).isEqualTo(HostArray.full(value.type(), first)));
                }
            } catch (LaminaException e) {
                assertThat(e.code()).isIn(ErrorCode.FILE_FORMAT, ErrorCode.FILE_ACCESS, ErrorCode.ARCHITECTURE);
                assertThat(e).hasMessageContaining(file.getFileName().toString());
            }
        }
    }

    @Test
    void aChangeInTheMiddleIsNamed() throws IOException {
        Path input = Files.write(folder.resolve("input"), new byte[100_000]);
        try (FileInput read = FileInput.open(input)) {
            read.read(50_000);
            Files.write(input, new byte[100_000]);
            Files.setLastModifiedTime(input, FileTime.fromMillis(1));
            read.read(50_000);
            assertThatThrownBy(read::requireEnd).hasMessageContaining("changed while it was read");
        }
    }

    @Test
    void aFileThatIsCutEndsTooEarly() throws IOException {
        Path input = Files.write(folder.resolve("input"), new byte[100_000]);
        try (FileInput read = FileInput.open(input)) {
            read.read(1);
            Files.write(input, new byte[10]);
            assertThatThrownBy(() -> read.read(90_000)).hasMessageContaining("ended while it was read");
        }
    }
}
