package org.lamina.conformance.cases;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.conformance.NativeCase;
import org.lamina.conformance.PrimitiveCase.Body;
import org.lamina.layer.Tensor;

/** The composite functions, at a point where they are smooth. */
final class CompositeCases {
    private CompositeCases() {}

    static List<NativeCase> all(DType dtype) {
        HostArray point =
                HostArray.of(Shape.of(2, 3), -1.7, 0.4, 2.3, -0.3, 1.1, 0.9).cast(dtype);
        List<NativeCase> cases = new ArrayList<>();
        functions()
                .forEach((name, function) ->
                        cases.add(NativeCase.of("5.1", name, "matrix", body(function), List.of(point))));
        return cases;
    }

    static Body body(UnaryOperator<Tensor> function) {
        return (graph, inputs) ->
                List.of(function.apply(new Tensor(graph, inputs.get(0))).node());
    }

    private static Map<String, UnaryOperator<Tensor>> functions() {
        Map<String, UnaryOperator<Tensor>> functions = new LinkedHashMap<>();
        functions.put("square", Tensor::square);
        functions.put("reciprocal", Tensor::reciprocal);
        functions.put("variance", x -> x.variance(1, 1));
        functions.put("norm1", x -> x.norm1(0));
        functions.put("norm2", x -> x.norm2(1));
        functions.put("logSumExp", x -> x.logSumExp(false, 1));
        functions.put("softmax", x -> x.softmax(0));
        functions.put("logSoftmax", x -> x.logSoftmax(1));
        functions.put("relu", Tensor::relu);
        functions.put("leakyRelu", x -> x.leakyRelu(0.1));
        functions.put("elu", x -> x.elu(0.7));
        functions.put("softplus", Tensor::softplus);
        functions.put("silu", Tensor::silu);
        functions.put("gelu", Tensor::gelu);
        functions.put("geluTanh", Tensor::geluTanh);
        functions.put("geluSigmoid", Tensor::geluSigmoid);
        functions.put("clip", x -> x.clip(-0.5, 1));
        functions.put("einsum", x -> Tensor.einsum("ij,kj->ik", x, x.mul(x)));
        functions.put("stack", x -> Tensor.stack(1, x, x.mul(x)));
        functions.put("split", x -> x.split(1, 1, 2).get(1));
        functions.put("reverse", x -> x.reverse(1));
        functions.put("swapAxes", x -> x.swapAxes(0, 1).mul(2));
        return functions;
    }
}
