package org.lamina.io;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.lamina.DType;
import org.lamina.Generator;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layers.Dense;
import org.lamina.layers.Sequential;

/**
 * Files that are whole come back as they were; files that are damaged at random are read or refused, and nothing else. For a
 * longer search run it with {@code -Djqwik.tries.default=100000}.
 */
class HostileFilesTest {
    /** What reading may allocate for each byte of a file, and for the parser and the messages. */
    private static final long FACTOR = 64;

    private static final long BASE = 16 << 20;

    private static final LayerJson JSON = LayerJson.standard();

    private static Path folder = Path.of("");

    @BeforeContainer
    static void makeFolder() throws IOException {
        folder = Files.createTempDirectory("hostile");
    }

    @AfterContainer
    static void deleteFolder() throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    /** Where the format has its words and numbers, changes that matter are likelier than among random bytes. */
    private static final List<String> PIECES = List.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "-1",
            "0",
            "9223372036854775807",
            "1e99",
            "null",
            "\\ud800",
            "\"F16\"",
            "\"BOOL\"",
            "\"shape\"",
            "\"data_offsets\"",
            "\"dtype\"",
            "\"x\"",
            "\0",
            "\u00ff",
            "    ",
            "\"ref\"",
            "\"id\"",
            "\"type\"",
            "(",
            ")",
            "'",
            "PK\1\2",
            "PK\3\4",
            "PK\5\6");

    record Change(double place, int kind, int with) {}

    @Provide
    Arbitrary<List<Change>> changes() {
        return Combinators.combine(
                        Arbitraries.doubles().between(0, 1),
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.integers().between(0, 255))
                .as(Change::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(6);
    }

    private static byte[] changed(byte[] content, List<Change> changes) {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        for (Change change : changes) {
            int at = (int) (change.place() * text.length());
            String before = text.substring(0, at);
            String after = text.substring(at);
            String rest = after.isEmpty() ? "" : after.substring(1);
            String piece = PIECES.get(change.with() % PIECES.size());
            text = switch (change.kind()) {
                case 0 -> before + (char) change.with() + rest;
                case 1 -> before + rest;
                case 2 -> before + piece + after;
                case 3 -> before;
                default -> before + after.substring(0, Math.min(after.length(), change.with())) + after;
            };
        }
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private interface Reading {
        Object read(FileInput input);
    }

    private static void assertReadOrRefused(byte[] content, Reading reading) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        try (FileInput input = new FileInput("the file", content.length, new ByteArrayInputStream(content))) {
            assertThat(reading.read(input)).isNotNull();
        } catch (LaminaException refused) {
            assertThat(refused).hasMessageContaining("the file").hasMessageContaining(". ");
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(BASE + FACTOR * content.length);
    }

    private interface ArchiveReading {
        Object read(Path file);
    }

    private static void assertArchiveReadOrRefused(byte[] content, ArchiveReading reading) throws IOException {
        Path file = Files.write(folder.resolve("the file"), content);
        assertReadOrRefused(content, input -> reading.read(file));
    }

    private static byte[] bytes(AtomicWrite.Content content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        content.writeTo(out);
        return out.toByteArray();
    }

    private static Safetensors sample() {
        Map<String, HostArray> tensors = new LinkedHashMap<>();
        tensors.put("0.weight", HostArray.uniform(Shape.of(2, 3), 1));
        tensors.put("0.bias", HostArray.of(Shape.of(3), 1.0, 2.0, 3.0));
        tensors.put("mask", HostArray.of(Shape.of(2), true, false));
        tensors.put("step", HostArray.of(Shape.scalar(), 3L));
        return new Safetensors(tensors, Map.of("1.weight", "0.weight"));
    }

    @Property
    void refusesDamagedSafetensors(@ForAll("changes") List<Change> changes) throws IOException {
        assertReadOrRefused(changed(bytes(sample()::writeTo), changes), SafetensorsReader::read);
    }

    /** The header's length is mended, so that its text is reached. */
    @Property
    void refusesDamagedHeaders(@ForAll("changes") List<Change> changes) throws IOException {
        byte[] whole = bytes(sample()::writeTo);
        int length = whole[0] + 256 * whole[1];
        byte[] header = changed(Arrays.copyOfRange(whole, 8, 8 + length), changes);
        int[] data = new int[whole.length - 8 - length];
        assertReadOrRefused(SafetensorsBytes.of(header.length, header, data), SafetensorsReader::read);
    }

    @Property
    void refusesDamagedArchitectures(@ForAll("changes") List<Change> changes) throws IOException {
        Dense shared = new Dense(4);
        String text = JSON.format(Sequential.of(shared, Sequential.of(shared), new Dense(5)));
        assertReadOrRefused(changed(text.getBytes(StandardCharsets.UTF_8), changes), JSON::read);
    }

    @Property
    void refusesDamagedArrays(@ForAll("changes") List<Change> changes, @ForAll @IntRange(min = 1, max = 3) int version)
            throws Exception {
        assertReadOrRefused(changed(resource("version-" + version + ".npy"), changes), NpyReader::read);
    }

    @Property
    void refusesDamagedArchivesOfArrays(@ForAll("changes") List<Change> changes, @ForAll boolean compressed)
            throws Exception {
        byte[] content = resource(compressed ? "compressed.npz" : "numpy.npz");
        assertArchiveReadOrRefused(changed(content, changes), Npz::read);
    }

    private static byte[] resource(String name) throws Exception {
        return Files.readAllBytes(Path.of(NpzTest.class.getResource(name).toURI()));
    }

    @Property
    void refusesDamagedBundles(@ForAll("changes") List<Change> changes) throws IOException {
        Map<String, AtomicWrite.Content> entries = new LinkedHashMap<>();
        entries.put("layer.json", JSON.content(new Dense(3)));
        entries.put("weights.safetensors", sample()::writeTo);
        byte[] whole = bytes(out -> StoredZip.write(out, entries));
        assertArchiveReadOrRefused(changed(whole, changes), file -> Bundle.read(file, JSON.registry()));
    }

    @Provide
    Arbitrary<Map<String, HostArray>> tensors() {
        Arbitrary<Shape> shapes = Arbitraries.longs()
                .between(0, 4)
                .list()
                .ofMaxSize(4)
                .map(sizes -> Shape.of(sizes.stream().mapToLong(Long::longValue).toArray()));
        Arbitrary<HostArray> arrays = Combinators.combine(Arbitraries.of(DType.class), shapes, Arbitraries.longs())
                .as((dtype, shape, seed) -> random(new TensorType(dtype, shape), seed));
        return Arbitraries.maps(Arbitraries.strings().filter(JsonText::isWellFormed), arrays)
                .ofMaxSize(6);
    }

    /** Any bits there can be, the many NaN among them. */
    private static HostArray random(TensorType type, long seed) {
        byte[] content = new byte[(int) type.shape().size() * type.dtype().bytes()];
        new Random(Generator.of(seed).bits(0)).nextBytes(content);
        for (int i = 0; type.dtype() == DType.BOOL && i < content.length; i++) {
            content[i] &= 1;
        }
        return HostArray.of(type, ByteBuffer.wrap(content));
    }

    @Property
    void keepsTensorsBitByBitInOrder(@ForAll("tensors") Map<String, HostArray> tensors) throws IOException {
        Safetensors whole = new Safetensors(tensors, Map.of("seed", "1"));
        byte[] content = bytes(whole::writeTo);
        Safetensors read =
                SafetensorsReader.read(new FileInput("file", content.length, new ByteArrayInputStream(content)));
        assertThat(read).isEqualTo(whole);
        assertThat(read.tensors().keySet()).containsExactlyElementsOf(tensors.keySet());
    }
}
