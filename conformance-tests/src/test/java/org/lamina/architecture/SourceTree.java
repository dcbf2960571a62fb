package org.lamina.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The source files of the project, whichever modules the profile of this build brings. */
public record SourceTree(Path home) {
    private static final List<Path> SOURCE_FOLDERS = List.of(Path.of("src/main/java"), Path.of("src/test/java"));

    /** The tree that the build names, or the one around the working directory where an IDE runs the test. */
    public static SourceTree ofThisProject() {
        String home = System.getProperty("lamina.home");
        if (home != null) {
            return new SourceTree(Path.of(home));
        }
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("platform/pom.xml"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException("no folder above the working directory holds platform/pom.xml");
            }
        }
        return new SourceTree(folder);
    }

    /** The main and test source folders of all modules. */
    List<Path> sourceFolders() {
        return list(home).stream()
                .flatMap(module -> SOURCE_FOLDERS.stream().map(module::resolve))
                .filter(Files::isDirectory)
                .toList();
    }

    /** The main source files of a module, as paths below its package, without the prefix of the file name. */
    SortedSet<String> filesWithoutPrefix(String module, String packageName, String prefix) {
        Path folder = home.resolve(module).resolve("src/main/java/org/lamina").resolve(packageName);
        return javaFiles(folder).stream()
                .map(file -> withoutPrefix(folder.relativize(file), prefix))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The texts of all Java files below a folder of the project. */
    public List<String> texts(String folder) {
        List<String> texts = new ArrayList<>();
        for (Path file : javaFiles(home.resolve(folder))) {
            try {
                texts.add(Files.readString(file));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return texts;
    }

    /** All Java files below a folder. */
    static List<Path> javaFiles(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String withoutPrefix(Path file, String prefix) {
        String name = file.getFileName().toString();
        if (name.equals("package-info.java")) {
            return file.toString();
        }
        String rest = name.startsWith(prefix) ? "*" + name.substring(prefix.length()) : name + " (no " + prefix + ")";
        return file.resolveSibling(rest).toString();
    }

    private static List<Path> list(Path folder) {
        try (Stream<Path> children = Files.list(folder)) {
            return children.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
