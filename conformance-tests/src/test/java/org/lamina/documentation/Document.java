package org.lamina.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.lamina.architecture.SourceTree;

/**
 * A Markdown file of the project.
 *
 * @param path from the project's folder
 * @param text what it holds
 */
record Document(String path, String text) {
    private static final Pattern SECTION = Pattern.compile("(?m)^## ");
    private static final Pattern JAVA = Pattern.compile("(?ms)^```java( \\w+)?\\n(.*?)^```$");
    private static final Pattern INDENTED = Pattern.compile("(?m)^    (.*)$");

    static Document read(String path) {
        try {
            return new Document(
                    path, Files.readString(SourceTree.ofThisProject().home().resolve(path)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text below each heading of the second level. */
    Map<String, String> sections() {
        Map<String, String> sections = new LinkedHashMap<>();
        List<String> parts = List.of(SECTION.split(text, -1));
        for (String part : parts.subList(1, parts.size())) {
            int end = part.indexOf('\n');
            sections.put(part.substring(0, end), part.substring(end));
        }
        return sections;
    }

    /** The fenced blocks of Java that need no framework. */
    List<String> java() {
        return java(null);
    }

    /** The fenced blocks of Java for a framework, which is named behind the language. */
    List<String> java(@Nullable String framework) {
        String label = framework == null ? null : " " + framework;
        return JAVA.matcher(text)
                .results()
                .filter(found -> Objects.equals(found.group(1), label))
                .map(found -> found.group(2))
                .toList();
    }

    /** The lines of a text that are indented as code. */
    static List<String> indented(String text) {
        return INDENTED.matcher(text)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }
}
