package org.lamina.port;

import java.util.ArrayList;
import java.util.List;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;

/** All that does not fit when a model is ported, told in one error. */
public final class Misfits {
    private static final int LISTED = 50;

    private final List<String> problems = new ArrayList<>();

    /** None yet. */
    public Misfits() {}

    /** Something that does not fit, and why. */
    public void add(String where, String reason) {
        problems.add(where + ": " + reason);
    }

    /** True if all fits by now. */
    public boolean isEmpty() {
        return problems.isEmpty();
    }

    /** Refuses them. @throws LaminaException with {@link ErrorCode#WEIGHTS} that lists all of them, if there are any */
    public void requireNone(String subject, String next) {
        if (problems.isEmpty()) {
            return;
        }
        String more = problems.size() > LISTED ? "; and " + (problems.size() - LISTED) + " more" : "";
        throw new LaminaException(
                ErrorCode.WEIGHTS,
                subject + ": " + String.join("; ", problems.subList(0, Math.min(LISTED, problems.size()))) + more
                        + ". Nothing was ported. " + next);
    }

    /** A model that a framework refused to make, for what it says itself. */
    public static LaminaException refused(String framework, RuntimeException cause) {
        return new LaminaException(
                ErrorCode.CONFIGURATION,
                "the model: " + framework + " does not make it ("
                        + cause.getClass().getSimpleName() + ": " + cause.getMessage()
                        + "). Nothing was ported. Change the model, or port it to another format.",
                cause);
    }

    /** A layer that a format has no equal of. */
    public static LaminaException unsupported(String reason) {
        return new LaminaException(ErrorCode.CONFIGURATION, reason);
    }
}
