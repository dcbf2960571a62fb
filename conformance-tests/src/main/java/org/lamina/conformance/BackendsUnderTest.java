package org.lamina.conformance;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.lamina.Backend;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.conformance.oracle.OracleProvider;

/** The backends of the class path, which are those that the build asks for, or the tests would pass for another framework. */
final class BackendsUnderTest {
    /** A system property: the names of the backends that must be there, and no other, with commas between them. */
    static final String PROPERTY = "lamina.conformance.backends";

    private BackendsUnderTest() {}

    /**
     * The names of all but the oracle.
     *
     * @throws LaminaException if there is none, or the property names others
     */
    static List<String> names() {
        return names(Backend.available(), System.getProperty(PROPERTY, ""));
    }

    static List<String> names(List<String> available, String property) {
        List<String> found = available.stream()
                .filter(name -> !name.equals(OracleProvider.NAME))
                .toList();
        Set<String> asked = new TreeSet<>(List.of(property.split("[,\\s]+")));
        asked.remove("");
        if (!asked.isEmpty() && !asked.equals(Set.copyOf(found))) {
            throw new LaminaException(
                    ErrorCode.BACKEND_CHOICE,
                    "conformance: the build asks for " + String.join(", ", asked) + " (system property " + PROPERTY
                            + "), and the class path has " + (found.isEmpty() ? "none" : String.join(", ", found))
                            + ", so nothing was checked. Make the build's dependencies and the property agree; "
                            + "djl-mxnet is lamina-adapter-djl-mxnet.");
        }
        if (found.isEmpty()) {
            throw new LaminaException(
                    ErrorCode.BACKEND_CHOICE,
                    "conformance: no backend is on the class path, so nothing was checked. Add an adapter such as "
                            + "lamina-adapter-djl, or build with one of the profiles dl4j, djl, djl-mxnet, tf.");
        }
        return found;
    }
}
