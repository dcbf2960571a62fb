package org.lamina.conformance.report;

import java.util.Locale;

/** What became of a cell. */
public enum State {
    /** All that was checked is right. */
    PASS("\u2713", "all that was checked is right"),
    /** Something is wrong. */
    FAIL("\u2717", "something is wrong"),
    /** The backend cannot. */
    UNSUPPORTED("\u2205", "the backend does not take the dtype"),
    /** There is nothing to check, for a reason. */
    SKIPPED("\u2013", "there is nothing to check, for the reason given"),
    /** There is something to check, and it was not. */
    UNTESTED("?", "not run, or the run did not get so far");

    private final String sign;
    private final String meaning;

    State(String sign, String meaning) {
        this.sign = sign;
        this.meaning = meaning;
    }

    /** One character that tells it without colour. */
    public String sign() {
        return sign;
    }

    /** What it says, in a few words. */
    public String meaning() {
        return meaning;
    }

    /** True if its cells are coloured by their error. */
    boolean heated() {
        return this == PASS;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
