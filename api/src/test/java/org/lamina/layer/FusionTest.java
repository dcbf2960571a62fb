package org.lamina.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.lamina.DType;
import org.lamina.Shape;
import org.lamina.graph.Convolution;
import org.lamina.graph.Fusion;
import org.lamina.graph.Graph;
import org.lamina.graph.Input;
import org.lamina.graph.Kernels;
import org.lamina.graph.NativeFunction;
import org.lamina.graph.Node;
import org.lamina.layers.Conv2d;
import org.lamina.layers.ConvTranspose2d;
import org.lamina.layers.Dense;
import org.lamina.layers.Gelu;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.MyLinear;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;

/** Kernels stand where their ops were, and nowhere where something else needs what the ops compute on the way. */
class FusionTest {
    private record Named(String name) implements NativeFunction {
        @Override
        public List<String> backends() {
            return List.of();
        }

        @Override
        public @Nullable NativeFunction pullback(int operand) {
            return null;
        }
    }

    private record AllKernels() implements Kernels {
        @Override
        public NativeFunction relu(DType dtype) {
            return new Named("relu");
        }

        @Override
        public NativeFunction linear(DType dtype) {
            return new Named("linear");
        }

        @Override
        public NativeFunction linearRelu(DType dtype) {
            return new Named("linear relu");
        }

        @Override
        public NativeFunction gelu(DType dtype) {
            return new Named("gelu");
        }

        @Override
        public NativeFunction convolution(DType dtype, Convolution convolution) {
            return new Named("convolution " + convolution.stride());
        }

        @Override
        public NativeFunction convolutionByInput(DType dtype, Convolution convolution) {
            return new Named("by input");
        }

        @Override
        public NativeFunction convolutionByWeight(DType dtype, Convolution convolution) {
            return new Named("by weight");
        }

        @Override
        public NativeFunction layerNorm(DType dtype, double epsilon, long length) {
            return new Named("layer_norm " + (float) epsilon);
        }
    }

    private static final Shape ROWS = Shape.of(3, 4);

    private static List<String> fused(Layer layer, Shape... shapes) {
        TracedLayer traced = Tracing.trace(layer, shapes);
        return kinds(graph(traced, traced.outputs()));
    }

    private static Graph graph(TracedLayer traced, List<Node> outputs) {
        List<Node> given = new ArrayList<>(traced.inputs());
        given.addAll(traced.declared().values());
        return Fusion.apply(Graph.of(given, outputs), new AllKernels());
    }

    private static List<String> kinds(Graph graph) {
        return graph.nodes().stream()
                .filter(node -> !(node.op() instanceof Input))
                .map(node -> node.op().kind())
                .toList();
    }

    @Test
    void layersBecomeKernels() {
        assertThat(fused(Sequential.of(new LayerNorm(1e-5), new MyLinear(4, 8)), ROWS))
                .containsExactly("native[layer_norm 1.0E-5]", "native[linear relu]");
        assertThat(fused(new Dense(8), ROWS)).containsExactly("native[linear]");
    }

    @Test
    void geluIsFoundWithItsOwnNumbersOnly() {
        assertThat(fused(new Gelu(), ROWS)).containsExactly("native[gelu]");
        assertThat(fused((scope, x) -> x.mul(0.5).mul(x.mul(0.7).erf().add(1)), ROWS))
                .contains("erf");
    }

    @Test
    void productsOfMoreAxesAndOtherSumsAreNotLinear() {
        assertThat(fused(new Dense(8), Shape.of(2, 3, 4))).contains("matmul", "add");
        assertThat(fused((scope, x) -> x.matmul(x.swapAxes(0, 1)).add(x.sum(true, 1)), ROWS))
                .contains("matmul", "add");
    }

    @Test
    void convolutionsAndTheirDerivativesBecomeKernels() {
        TracedLayer traced = Tracing.trace(
                Sequential.of(new Conv2d(2, List.of(3L, 3L), List.of(2L, 1L)), new ConvTranspose2d(2, List.of(2L, 2L))),
                Shape.of(1, 2, 5, 5));
        Node y = traced.outputs().get(0);
        Node seed = traced.graph().input("seed", y.type());
        List<Node> given = new ArrayList<>(traced.inputs());
        given.addAll(traced.declared().values());
        List<Node> outputs = new ArrayList<>(List.of(y));
        given.forEach(node -> outputs.add(traced.graph().pullback(y, node, seed)));
        given.add(seed);

        List<String> kinds = kinds(Fusion.apply(Graph.of(given, outputs), new AllKernels()));

        assertThat(kinds)
                .contains(
                        "native[convolution [2, 1]]",
                        "native[convolution [1, 1]]",
                        "native[by input]",
                        "native[by weight]")
                .doesNotContain("matmul", "gather", "scatterAdd");
    }

    @Test
    void theOrderOfOperandsIsNoMatter() {
        assertThat(fused((scope, x) -> x.scalar(0).maximum(x), ROWS)).containsExactly("native[relu]");
        Layer turned = (scope, x) -> x.sum(0).add(x.sum(0).mul(standard(x)));
        assertThat(fused(turned, ROWS)).containsExactly("sum", "native[layer_norm 1.0E-5]");
    }

    private static Tensor standard(Tensor x) {
        Tensor centered = x.sub(x.mean(true, 1));
        return centered.div(centered.square().mean(true, 1).add(1e-5).sqrt());
    }

    @Test
    void whatIsNeededOnTheWayIsComputed() {
        assertThat(fused((scope, x) -> standard(x).mul(x.sum(0)).add(x.sum(0)).mul(standard(x)), ROWS))
                .contains("div")
                .doesNotContain("native[layer_norm 1.0E-5]");
    }

    @Test
    void otherShapesAndNumbersAreNoKernels() {
        assertThat(fused((scope, x) -> x.maximum(1), ROWS)).containsExactly("constant", "max");
        assertThat(fused((scope, x) -> x.scalar(0).maximum(x.sum(0).sum()), ROWS))
                .containsExactly("sum", "sum", "native[relu]");
        assertThat(fused((scope, x) -> standard(x).mul(x.sum(true, 0)).add(x.sum(0)), ROWS))
                .contains("div");
        assertThat(fused((scope, x) -> standard(x.swapAxes(0, 1)).mul(x.sum(1)).add(x.sum(1)), ROWS))
                .contains("native[layer_norm 1.0E-5]");
        assertThat(fused((scope, x) -> x.sub(x.mean(true, 0)).mul(x.sum(0)).add(x.sum(0)), ROWS))
                .contains("sub");
    }

    @Test
    void aDerivativeKeepsWhatItNeeds() {
        TracedLayer traced = Tracing.trace(Sequential.of(new LayerNorm(1e-5), new Relu()), ROWS);
        Node y = traced.outputs().get(0);
        Node seed = traced.graph().input("seed", y.type());
        Node dx = traced.graph().pullback(y, traced.inputs().get(0), seed);
        List<Node> given = new ArrayList<>(traced.inputs());
        given.addAll(traced.declared().values());
        given.add(seed);
        assertThat(kinds(Fusion.apply(Graph.of(given, List.of(y, dx)), new AllKernels())))
                .contains("native[relu]", "div")
                .doesNotContain("native[layer_norm 1.0E-5]");
    }
}
