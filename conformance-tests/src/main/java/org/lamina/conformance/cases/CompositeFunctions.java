package org.lamina.conformance.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.conformance.PrimitiveCase;
import org.lamina.layer.Tensor;

/** What is made of primitives, section 4 of SPEC.md: values on every backend, and derivatives where they are smooth. */
public final class CompositeFunctions {
    private static final double[] SPECIAL = {
        Double.NaN, Double.NEGATIVE_INFINITY, -100, -1, -0.5, 0, 0.5, 1, 100, Double.POSITIVE_INFINITY
    };
    private static final Shape SHAPE = Shape.of(4, 5);

    private CompositeFunctions() {}

    private record Function(String rule, String name, UnaryOperator<Tensor> body) {}

    private static List<Function> functions() {
        return List.of(
                new Function("4.1", "compared", x -> compared(x, x.neg())),
                new Function("4.2", "ceil", Tensor::ceil),
                new Function("4.2", "square", Tensor::square),
                new Function("4.2", "reciprocal", Tensor::reciprocal),
                new Function("4.3", "relu", Tensor::relu),
                new Function("4.4", "leakyRelu", x -> x.leakyRelu(0.25)),
                new Function("4.4", "elu", x -> x.elu(1.5)),
                new Function("4.5", "softplus", Tensor::softplus),
                new Function("4.6", "silu", Tensor::silu),
                new Function("4.7", "gelu", Tensor::gelu),
                new Function("4.7", "geluTanh", Tensor::geluTanh),
                new Function("4.7", "geluSigmoid", Tensor::geluSigmoid),
                new Function("4.8", "clip", x -> x.clip(-1, 0.75)),
                new Function("4.9", "softmax", x -> x.softmax(-1)),
                new Function("4.10", "logSoftmax", x -> x.logSoftmax(-1)),
                new Function("4.11", "logSumExp", x -> x.logSumExp(false, -1)),
                new Function("4.12", "variance", x -> x.variance(0, -1)),
                new Function("4.12", "variance of a sample", x -> x.variance(1, true, 0)),
                new Function("4.13", "norm1", x -> x.norm1(-1)),
                new Function("4.13", "norm2", x -> x.norm2(0)),
                new Function("4.15", "a vector times a matrix", x -> x.get(0, 0).matmul(x.transpose())),
                new Function("4.15", "a matrix times a vector", x -> x.matmul(x.get(0, -1))),
                new Function("4.16", "einsum", x -> Tensor.einsum("ij,kj->ik", x, x)),
                new Function("4.16", "einsum of three", x -> Tensor.einsum("ij,kj,ij->k", x, x, x)));
    }

    /** Each comparison as a digit of its own. */
    public static Tensor compared(Tensor x, Tensor y) {
        return x.greater(y)
                .cast(x.dtype())
                .add(x.greaterEqual(y).cast(x.dtype()).mul(2))
                .add(x.notEqual(y).cast(x.dtype()).mul(4));
    }

    /** All cases in both float widths: values, then derivatives. */
    public static List<PrimitiveCase> all() {
        List<PrimitiveCase> cases = new ArrayList<>();
        for (DType dtype : Values.FLOATING) {
            functions().forEach(function -> cases.add(values(function, dtype)));
            derivatives().forEach(derivative -> cases.add(derivative.primitiveCase(dtype)));
        }
        return List.copyOf(cases);
    }

    /** The functions at a point where they are smooth. */
    public static List<DerivativeCase> derivatives() {
        HostArray point = HostArray.normal(SHAPE, 3).cast(DType.FLOAT64);
        return functions().stream()
                .map(function -> new DerivativeCase(
                        function.name(), "normal values", CompositeCases.body(function.body()), List.of(point)))
                .toList();
    }

    private static PrimitiveCase values(Function function, DType dtype) {
        TensorType type = new TensorType(dtype, SHAPE);
        HostArray normal = HostArray.normal(SHAPE, 3).cast(dtype);
        HostArray special = HostArray.generate(type, i -> SPECIAL[i % SPECIAL.length]);
        HostArray large = HostArray.generate(type, i -> 40 * normal.doubleAt(i));
        return new PrimitiveCase(
                function.rule(),
                function.name(),
                dtype,
                "on normal, special and large values",
                false,
                List.of(type),
                CompositeCases.body(function.body()),
                List.of(List.of(normal), List.of(special), List.of(large)));
    }
}
