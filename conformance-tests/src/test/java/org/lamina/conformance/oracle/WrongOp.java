package org.lamina.conformance.oracle;

import java.util.List;
import org.lamina.TensorType;
import org.lamina.graph.Lowering;
import org.lamina.graph.Op;

/**
 * A primitive computed in another way than SPEC.md says.
 *
 * @param name what is wrong
 * @param kind the primitive, as SPEC.md names it
 * @param kernel what is computed in its place
 */
public record WrongOp(String name, String kind, Kernel kernel) {
    /** Computes a primitive in a way of its own, by the right ones if it likes. */
    @FunctionalInterface
    public interface Kernel {
        /** The value of the op, of a type, applied to operands. */
        OracleTensor apply(Lowering<OracleTensor> right, Op op, TensorType type, List<OracleTensor> x);
    }

    @Override
    public String toString() {
        return name;
    }
}
