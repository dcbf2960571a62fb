package org.lamina.conformance;

import java.util.Set;
import org.lamina.DType;

/**
 * A result of a backend that is less accurate than a good algorithm, for a reason that no adapter can mend: it passes within a bound
 * of its own.
 *
 * @param backend the backend's name
 * @param subject the layer or op
 * @param dtypes in which of them
 * @param units how many times the derived tolerance it may take
 * @param reason why the framework does it
 * @param link where that is known upstream, else the source that does it, or {@code none found}
 */
public record KnownError(String backend, String subject, Set<DType> dtypes, double units, String reason, String link) {
    /** Checks the number. @throws IllegalArgumentException if it is not above 1, so that nothing is known */
    public KnownError {
        dtypes = Set.copyOf(dtypes);
        if (!(units > 1)) {
            throw new IllegalArgumentException(subject + " on " + backend + ": " + units + " is not above 1");
        }
    }

    boolean covers(String name, String what, DType dtype) {
        return backend.equals(name) && subject.equals(what) && dtypes.contains(dtype);
    }
}
