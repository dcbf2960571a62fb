package org.lamina.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.LaminaException;
import org.lamina.io.Bundle;

/** Archives made to do harm, for every reader of one that the class path brings. */
class HostileArchiveTest {
    private static final Scratch SCRATCH = Scratch.create();
    private static final Set<String> ARCHIVES =
            Set.of("bundle-archive", "lamina", "npz", "keras-archive", "dl4j-archive");
    private static final List<String> LEAVING = List.of(
            "../x", "a/../../x", "/etc/x", "..\\x", "C:x", "C:\\x", "//host/x", "a/..", "x\ny", "x\0y", "..", "\\x");
    private static final int BOMB = 100 << 20;

    @AfterAll
    static void deleteScratch() {
        SCRATCH.delete();
    }

    static Stream<Target> archives() {
        return Targets.all().stream().filter(target -> ARCHIVES.contains(target.name()));
    }

    private static Map<String, byte[]> whole(Target target) {
        byte[] valid = Corpus.read(Path.of("corpus").resolve(target.name())).entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("valid"))
                .findFirst()
                .orElseThrow()
                .getValue();
        return Archives.entries(valid, SCRATCH);
    }

    private static byte[] entry(Target target, String name) {
        return Objects.requireNonNull(whole(target).get(name), name);
    }

    private static String first(Target target) {
        return switch (target.name()) {
            case "dl4j-archive" -> "configuration.json";
            case "npz" -> whole(target).keySet().iterator().next();
            case "keras-archive" -> "model.weights.h5";
            default -> "layer.json";
        };
    }

    private static Map<String, byte[]> with(Target target, String name, byte[] content) {
        Map<String, byte[]> entries = new LinkedHashMap<>(whole(target));
        entries.put(name, content);
        return entries;
    }

    private static void requireRefused(Target target, byte[] archive, String what) {
        assertThat(target.accepts(archive, SCRATCH))
                .as("%s reads %s", target.name(), what)
                .isFalse();
    }

    @ParameterizedTest
    @MethodSource("archives")
    void wholeOnesAreRead(Target target) {
        assertThat(target.accepts(Archives.compressed(whole(target)), SCRATCH)).isTrue();
    }

    @ParameterizedTest
    @MethodSource("archives")
    void namesThatLeaveAFolderAreRefused(Target target) {
        for (String name : LEAVING) {
            requireRefused(target, Archives.compressed(with(target, name, new byte[1])), name);
        }
    }

    @ParameterizedTest
    @MethodSource("archives")
    void oneNameTwiceIsRefused(Target target) {
        String name = first(target);
        String other = name.substring(1) + "~";
        byte[] both = Archives.compressed(with(target, other, entry(target, name)));
        requireRefused(target, Archives.renamed(both, other, name), "two entries of one name");
    }

    /** Only the name in just its letters is meant; to NumPy two such names are two arrays. */
    @ParameterizedTest
    @MethodSource("archives")
    void aNameInOtherLettersIsAnother(Target target) {
        String upper = first(target).toUpperCase(Locale.ROOT);
        Map<String, byte[]> entries = with(target, upper, "not this".getBytes(StandardCharsets.UTF_8));
        assertThat(target.accepts(Archives.compressed(entries), SCRATCH))
                .isEqualTo(!target.name().equals("npz"));
        entries.remove(first(target));
        requireRefused(target, Archives.compressed(entries), upper);
    }

    /** A link is read as what it is, the text of a path, and that is no file of the format. */
    @ParameterizedTest
    @MethodSource("archives")
    void linksAreNotFollowed(Target target) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        Path secret = SCRATCH.file("secret", entry(target, first(target)));
        entries.put(first(target), secret.toString().getBytes(StandardCharsets.UTF_8));
        whole(target).forEach(entries::putIfAbsent);
        requireRefused(target, Archives.linked(Archives.compressed(entries), 0), "a link");
    }

    @ParameterizedTest
    @MethodSource("archives")
    void entriesThatShareTheirBytesAreRefused(Target target) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        whole(target).entrySet().stream()
                .sorted(Comparator.comparingInt(entry -> -entry.getValue().length))
                .forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
        entries.put("more.npy", new byte[1]);
        byte[] shared = Archives.overlapping(Archives.compressed(entries), entries.size() - 1);
        requireRefused(target, shared, "entries that share their bytes");
    }

    @ParameterizedTest
    @MethodSource("archives")
    void sizesThatAreNotTrueAreRefused(Target target) {
        byte[] archive = Archives.compressed(whole(target));
        for (int index = 0; index < whole(target).size(); index++) {
            for (int size : new int[] {0, 1, 1 << 20, Integer.MAX_VALUE, -2}) {
                requireRefused(target, Archives.resized(archive, index, size), "a size of " + size);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("archives")
    void bombsAreRefused(Target target) {
        byte[] bomb = Archives.compressed(with(target, first(target), new byte[BOMB]));
        assertThat(bomb.length).isLessThan(BOMB / 500);
        requireRefused(target, bomb, "a bomb");
    }

    /** Each entry alone could be honest. */
    @ParameterizedTest
    @MethodSource("archives")
    void bombsOfManyPartsAreRefused(Target target) {
        Map<String, byte[]> entries = new LinkedHashMap<>(whole(target));
        byte[] part = new byte[32 << 20];
        for (int i = 0; i < 4; i++) {
            entries.put("part" + i + ".npy", part);
        }
        requireRefused(target, Archives.compressed(entries), "a bomb of parts");
    }

    /** An archive in the archive is no more than bytes of another format. */
    @ParameterizedTest
    @MethodSource("archives")
    void archivesWithinAreNotOpened(Target target) {
        byte[] inner = Archives.compressed(whole(target));
        requireRefused(target, Archives.compressed(with(target, first(target), inner)), "an archive within");
    }

    /** A pipe would be waited for, a device has no end. */
    @ParameterizedTest
    @MethodSource("devices")
    void devicesAreRefused(Path device) {
        assertThatThrownBy(() -> org.lamina.io.Safetensors.read(device)).isInstanceOf(LaminaException.class);
        assertThatThrownBy(() -> org.lamina.io.WholeFile.read(device)).isInstanceOf(LaminaException.class);
        assertThatThrownBy(() -> Bundle.read(device)).isInstanceOf(LaminaException.class);
    }

    static Stream<Path> devices() {
        return Stream.of("/dev/zero", "/dev/null", "/dev").map(Path::of).filter(java.nio.file.Files::exists);
    }
}
