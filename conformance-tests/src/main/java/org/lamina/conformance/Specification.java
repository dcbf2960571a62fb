package org.lamina.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rules of SPEC.md. A rule is a paragraph that starts with its bold number and, for a primitive, the op's name:
 * {@code **3.6** `exp` MUST ...}. The paragraph after it, in italics, is its intent.
 */
public final class Specification {
    private static final Pattern RULE = Pattern.compile(
            "^\\*\\*(\\d+\\.\\d+)\\*\\* (?:`(\\w+)` )?(.*?)\\n\\s*\\*Intent: (.*?)\\*$", Pattern.DOTALL);
    private static final Pattern BLANK_LINE = Pattern.compile("\\n\\s*\\n");
    private static final Pattern NUMBER = Pattern.compile("^\\*\\*\\d+\\.\\d+\\*\\*");

    /**
     * One rule.
     *
     * @param number section and number, such as {@code 3.6}
     * @param op the primitive it defines, if it defines one
     * @param text what it demands
     * @param intent why
     */
    public record Rule(String number, @Nullable String op, String text, String intent) {}

    private final Map<String, Rule> rules = new LinkedHashMap<>();

    private Specification(String markdown) {
        for (String paragraph : BLANK_LINE.split(markdown, -1)) {
            if (NUMBER.matcher(paragraph).find()) {
                add(parse(paragraph));
            }
        }
    }

    /** The rules of a text. @throws IllegalArgumentException if a rule has no intent, or its number is taken */
    static Specification of(String markdown) {
        return new Specification(markdown);
    }

    /** The specification that this version of the kit checks. */
    public static Specification load() {
        try (InputStream stream =
                Objects.requireNonNull(Specification.class.getResourceAsStream("SPEC.md"), "SPEC.md is missing")) {
            return new Specification(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Rule parse(String paragraph) {
        Matcher matcher = RULE.matcher(paragraph.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("a rule without an intent: " + paragraph);
        }
        return new Rule(matcher.group(1), matcher.group(2), flat(matcher.group(3)), flat(matcher.group(4)));
    }

    private static String flat(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }

    private void add(Rule rule) {
        if (rules.put(rule.number(), rule) != null) {
            throw new IllegalArgumentException("rule " + rule.number() + " stands twice");
        }
    }

    /** All rules by number, in order. */
    public Map<String, Rule> rules() {
        return Collections.unmodifiableMap(rules);
    }

    /** Why a rule is there; empty for a number that no rule has. */
    public String intent(String number) {
        return Optional.ofNullable(rules.get(number)).map(Rule::intent).orElse("");
    }

    /** The rule that defines a primitive. */
    public Optional<Rule> ofOp(String op) {
        return rules.values().stream().filter(rule -> op.equals(rule.op())).findFirst();
    }
}
