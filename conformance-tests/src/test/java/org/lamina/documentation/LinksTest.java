package org.lamina.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.lamina.architecture.SourceTree;

/** Links between the documents lead to files and headings that are there. */
class LinksTest {
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]*)(?:#([^)]*))?\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

    private final Path home = SourceTree.ofThisProject().home();

    @Test
    void allLeadSomewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            Matcher links = LINK.matcher(Files.readString(document));
            while (links.find()) {
                Path target = links.group(1).isEmpty() ? document : document.resolveSibling(links.group(1));
                if (!Files.exists(target)
                        || (links.group(2) != null && !anchors(target).contains(links.group(2)))) {
                    broken.add(home.relativize(document) + ": " + links.group());
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    private List<Path> documents() throws IOException {
        try (Stream<Path> top = Files.list(home);
                Stream<Path> docs = Files.walk(home.resolve("docs"))) {
            List<Path> documents = Stream.concat(top, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .toList();
            assertThat(documents).contains(home.resolve("README.md"), home.resolve("docs/errors.md"));
            return documents;
        }
    }

    /** What a heading is called in a link: lower case, hyphens for spaces, no punctuation. */
    private static List<String> anchors(Path document) throws IOException {
        return HEADING.matcher(Files.readString(document))
                .results()
                .map((MatchResult heading) -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                        .replace(' ', '-'))
                .toList();
    }
}
