package org.lamina.conformance.cases;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.TensorType;
import org.lamina.conformance.PrimitiveCase;
import org.lamina.conformance.PrimitiveCase.Body;
import org.lamina.conformance.Specification;
import org.lamina.graph.GraphBuilder;
import org.lamina.graph.Node;
import org.lamina.graph.Op;

/** Collects cases. */
final class CaseList {
    /** Makes one output from the inputs. */
    interface Single {
        Node output(GraphBuilder graph, List<Node> inputs);
    }

    private final Specification specification = Specification.load();
    private final List<PrimitiveCase> cases = new ArrayList<>();

    /** An op on inputs, right to the last bit. */
    void exact(Op op, DType dtype, String name, HostArray... inputs) {
        exact(op.kind(), dtype, name, applied(op), inputs);
    }

    /** An op on inputs, right within the derived tolerance. */
    void derived(Op op, DType dtype, String name, HostArray... inputs) {
        derived(op.kind(), dtype, name, applied(op), inputs);
    }

    /** Outputs of which each is right to the last bit. */
    void exact(String op, DType dtype, String name, Body body, HostArray... inputs) {
        add(op, dtype, name, true, body, inputs);
    }

    /** Outputs that are right within the derived tolerance. */
    void derived(String op, DType dtype, String name, Body body, HostArray... inputs) {
        add(op, dtype, name, false, body, inputs);
    }

    private void add(String op, DType dtype, String name, boolean bits, Body body, HostArray... inputs) {
        List<HostArray> call = List.of(inputs);
        List<TensorType> types = call.stream().map(HostArray::type).toList();
        cases.add(new PrimitiveCase(rule(op), op, dtype, name, bits, types, body, List.of(call)));
    }

    private String rule(String op) {
        return specification
                .ofOp(op)
                .map(Specification.Rule::number)
                .orElse("3.? of " + op + ", which is not written,");
    }

    /** A graph with given input types that is called several times. */
    void calls(String op, DType dtype, String name, List<TensorType> types, Body body, List<List<HostArray>> calls) {
        cases.add(new PrimitiveCase(rule(op), op, dtype, name, false, types, body, calls));
    }

    /** A graph of derivatives, right within the derived tolerance. */
    void derivatives(DerivativeCase derivative, DType dtype) {
        cases.add(derivative.primitiveCase(dtype));
    }

    /** A body that applies ops to the inputs, each an output. */
    static Body applied(Op... ops) {
        return (graph, inputs) ->
                Arrays.stream(ops).map(op -> graph.apply(op, inputs)).toList();
    }

    static Body single(Single single) {
        return (graph, inputs) -> List.of(single.output(graph, inputs));
    }

    List<PrimitiveCase> cases() {
        return List.copyOf(cases);
    }
}
