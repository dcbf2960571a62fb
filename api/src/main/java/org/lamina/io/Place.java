package org.lamina.io;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;

/** Where in a document something is, as {@code layers[1].units}. Put into words only when there is an error to tell. */
final class Place {
    private static final int LONGEST = 200;

    private final String file;
    private final @Nullable Place parent;
    private final String step;

    private Place(String file, @Nullable Place parent, String step) {
        this.file = file;
        this.parent = parent;
        this.step = step;
    }

    static Place top(String file) {
        return new Place(file, null, "");
    }

    Place field(String name) {
        return new Place(file, this, "." + Quotes.shorten(name));
    }

    Place element(int index) {
        return new Place(file, this, "[" + index + "]");
    }

    /** An error of {@code layer.json} here. */
    LaminaException error(String fact, String next) {
        return error(ErrorCode.ARCHITECTURE, fact, next);
    }

    LaminaException error(ErrorCode code, String fact, String next) {
        return new LaminaException(code, prefix() + fact + "; nothing was loaded. " + next);
    }

    /** An error that says by itself what is to be done, with the place before it. */
    LaminaException error(LaminaException cause) {
        return new LaminaException(cause.code(), prefix() + cause.getMessage(), cause);
    }

    /** An error of what was to be written here. */
    LaminaException unwritable(ErrorCode code, String fact, String next) {
        return new LaminaException(code, prefix() + fact + ", so nothing was written. " + next);
    }

    /** The file and the place in it, each followed by a colon. */
    private String prefix() {
        return parent == null ? file + ": " : file + ": " + this + ": ";
    }

    @Override
    public String toString() {
        if (parent == null) {
            return "the outermost layer";
        }
        Deque<String> steps = new ArrayDeque<>();
        int length = 0;
        Place place = this;
        for (; place.parent != null && length < LONGEST; place = place.parent) {
            steps.push(place.step);
            length += place.step.length();
        }
        String path = String.join("", steps);
        return place.parent == null ? path.substring(path.startsWith(".") ? 1 : 0) : "..." + path;
    }
}
