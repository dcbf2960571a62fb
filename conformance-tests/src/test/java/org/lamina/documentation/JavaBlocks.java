package org.lamina.documentation;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The fenced Java of a document as one class: types are its members, and each block of statements is a method of its own.
 *
 * @param document where the blocks are
 * @param fields what the blocks may use besides what they declare, as Java
 */
record JavaBlocks(Document document, String fields) {
    /** The class that {@link #source} declares. */
    static final String NAME = "Blocks";

    private static final String IMPORTS = """
            import java.nio.file.*;
            import java.util.*;
            import org.junit.jupiter.api.*;
            import org.lamina.*;
            import org.lamina.conformance.*;
            import org.lamina.io.*;
            import org.lamina.layer.*;
            import org.lamina.layers.*;
            import org.lamina.train.*;
            """;
    private static final Pattern TYPE = Pattern.compile("(?s)\\A(/\\*\\*.*?\\*/\\s*)?(public |class |record |@).*");
    private static final Pattern COMMENT = Pattern.compile("(?m)^// (.*)$");

    /** The blocks of statements, in order: number n is the method {@code block}n. */
    List<String> statements() {
        return document.java().stream()
                .filter(block -> !TYPE.matcher(block).matches())
                .toList();
    }

    /** What a block should print: its comments that are lines of their own. */
    static List<String> printed(String block) {
        return COMMENT.matcher(block)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    /** Files are made in a folder of the test's own, and what is printed goes to a list. */
    String source() {
        StringBuilder source = new StringBuilder(IMPORTS);
        source.append("public class ").append(NAME).append(" {\n");
        source.append("public final List<String> printed = new ArrayList<>();\npublic Path folder = Path.of(\"\");\n");
        source.append("private void print(Object value) { printed.add(String.valueOf(value)); }\n");
        source.append(fields).append('\n');
        List<String> blocks = new ArrayList<>(statements());
        document.java().stream().filter(block -> !blocks.contains(block)).forEach(source::append);
        for (int i = 0; i < blocks.size(); i++) {
            source.append("public void block").append(i).append("() throws Exception {\n");
            source.append(
                    blocks.get(i).replace("System.out.println(", "print(").replace("Path.of(\"", "folder.resolve(\""));
            source.append("}\n");
        }
        return source.append("}\n").toString();
    }
}
