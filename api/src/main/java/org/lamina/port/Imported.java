package org.lamina.port;

import java.util.List;
import org.lamina.io.Bundle;

/**
 * A model that was read from a format.
 *
 * @param model its layers and weights
 * @param remarks what a reader of it should know, such as how its inputs lie; whole phrases
 */
public record Imported(Bundle model, List<String> remarks) {
    /** Copies the list. */
    public Imported {
        remarks = List.copyOf(remarks);
    }
}
