package org.lamina.dl4j;

import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;

/** The ranks that ND4J's loops over views take; beyond, they write past an array on the stack, which ends the process. */
final class Dl4jRanks {
    /** A copy of a transposed array of 16 axes ends with "stack smashing detected", and one of 15 is right. */
    private static final int MOST = 15;

    private Dl4jRanks() {}

    /** @throws LaminaException BACKEND_FAILURE if a tensor has more axes */
    static void require(Graph graph) {
        for (Node node : graph.nodes()) {
            int rank = node.type().shape().rank();
            if (rank > MOST) {
                throw new LaminaException(
                        ErrorCode.BACKEND_FAILURE,
                        "backend dl4j: " + node.label() + " has " + rank + " axes, and ND4J takes " + MOST
                                + "; beyond, it would end the process. There is no result. Reshape it to fewer axes.");
            }
        }
    }
}
