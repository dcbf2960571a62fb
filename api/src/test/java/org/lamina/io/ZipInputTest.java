package org.lamina.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;

/** Archives that are hostile or damaged. */
class ZipInputTest {
    @TempDir
    private Path folder;

    private Path zip(List<String> names, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : names) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(content);
                zip.closeEntry();
            }
        }
        return Files.write(folder.resolve("file.zip"), bytes.toByteArray());
    }

    private static void assertRefused(Path file, String problem) {
        assertThatThrownBy(() -> {
                    try (ZipInput zip = ZipInput.open(file)) {
                        for (String name : zip.names()) {
                            try (FileInput input = zip.read(name)) {
                                input.readRest(Integer.MAX_VALUE);
                                input.requireEnd();
                            }
                        }
                    }
                })
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_FORMAT))
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "a/../../x", "/etc/x", "..\\x", "C:x", "x\ny", "a/.."})
    void refusesNamesThatLeaveAFolder(String name) throws IOException {
        assertRefused(zip(List.of(name), new byte[1]), "would lie outside");
    }

    @Test
    void readsFilesAndPassesOverFolders() throws IOException {
        try (ZipInput zip = ZipInput.open(zip(List.of("a..b/c", "..."), new byte[] {7}))) {
            assertThat(zip.names()).containsExactly("a..b/c", "...");
            assertThat(zip.read("...").readRest(1)).containsExactly(7);
        }
    }

    @Test
    void refusesTwoEntriesOfOneName() throws IOException {
        Path file = zip(List.of("twice1", "twice2"), new byte[1]);
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1).replace("twice2", "twice1");
        assertRefused(Files.writeString(file, bytes, StandardCharsets.ISO_8859_1), "two entries called twice1");
    }

    @Test
    void refusesABomb() throws IOException {
        assertRefused(zip(List.of("zeros"), new byte[100 << 20]), "more than is believable");
    }

    @Test
    void acceptsWhatCompressesWellAndIsSmall() throws IOException {
        try (ZipInput zip = ZipInput.open(zip(List.of("zeros"), new byte[10 << 20]))) {
            assertThat(zip.read("zeros").readRest(Integer.MAX_VALUE)).hasSize(10 << 20);
        }
    }

    /** The central directory says another size than the data has. */
    @ParameterizedTest
    @ValueSource(ints = {0, 9, 11, 1 << 20, Integer.MAX_VALUE})
    void refusesASizeThatIsNotTrue(int size) throws IOException {
        Path file = zip(List.of("lie"), new byte[10]);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int central = new String(bytes.array(), StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
        bytes.putInt(central + 24, size);
        assertRefused(Files.write(file, bytes.array()), "");
    }

    @Test
    void refusesAChangedByte() throws IOException {
        Path file = folder.resolve("stored.zip");
        AtomicWrite.zip(file, Map.of("x", out -> out.write(new byte[] {1, 2, 3})));
        byte[] bytes = Files.readAllBytes(file);
        int data = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\1\2\3");
        bytes[data] = 9;
        assertRefused(Files.write(file, bytes), "do not have the checksum");
    }

    @Test
    void refusesWhatIsNoArchive() throws IOException {
        assertRefused(Files.writeString(folder.resolve("text"), "hello"), "no whole zip archive");
        assertRefused(Files.write(folder.resolve("empty"), new byte[0]), "no whole zip archive");
        assertRefused(folder, "no regular file");
        Path whole = zip(List.of("x"), new byte[100]);
        byte[] bytes = Files.readAllBytes(whole);
        assertRefused(Files.write(whole, java.util.Arrays.copyOf(bytes, bytes.length - 5)), "no whole zip archive");
        assertThatThrownBy(() -> ZipInput.open(folder.resolve("none")))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_ACCESS));
    }
}
