package org.lamina.conformance.report;

import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

/** The templates beside this class. */
final class Template {
    private Template() {}

    /** A text in which what is filled in is escaped for HTML and XML. */
    static String markup(String name, Map<String, Object> values) {
        return Mustache.compiler().escapeHTML(true).compile(text(name)).execute(values);
    }

    /** A text in which what is filled in stands as it is. */
    static String plain(String name, Map<String, Object> values) {
        return Mustache.compiler().escapeHTML(false).compile(text(name)).execute(values);
    }

    static String text(String template) {
        String name = template + ".mustache";
        try (InputStream stream =
                Objects.requireNonNull(Template.class.getResourceAsStream(name), name + " is missing")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
