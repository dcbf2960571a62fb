package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.lamina.DType;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.tf.TfGraphLayer;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Variable;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.RewriterConfig;

/** Every layer in a graph of TensorFlow's: what a session computes, and what {@code Graph.addGradients} gives. */
class TfGraphLayerConformanceTest {
    /** TensorFlow's rewriting makes x / c a product by 1 / c, which is one rounding more than is allowed for. */
    private static final ConfigProto NO_REWRITING = ConfigProto.newBuilder()
            .setGraphOptions(GraphOptions.newBuilder()
                    .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true)))
            .build();

    @TestFactory
    @Rule({"13.1", "13.2"})
    Stream<DynamicTest> everyLayerConformsInAGraph() {
        return Stream.concat(ChapterLayers.onDigits().stream(), LibraryLayers.all().stream())
                .flatMap(layer -> Stream.of(DType.FLOAT32, DType.FLOAT64)
                        .filter(dtype -> fits(layer.subject(), dtype))
                        .map(dtype ->
                                dynamicTest(layer.name() + " " + dtype, () -> check(few(layer.subject()), dtype))));
    }

    private static LayerCase few(LayerCase subject) {
        return subject.withFewerRows().orElse(subject);
    }

    /** A layer of integers alone is of float32 in a graph. */
    private static boolean fits(LayerCase subject, DType dtype) {
        return dtype == DType.FLOAT32
                || new LayerTruth(subject, dtype, work -> {})
                        .inputs().stream().anyMatch(input -> input.dtype().isFloating());
    }

    private static void check(LayerCase subject, DType dtype) {
        LayerTruth truth = new LayerTruth(subject, dtype, work -> {});
        Gradients got = run(subject, truth);
        assertThat(truth.trainedGradients(got, truth.outputs(got.outputs())).failure())
                .isEmpty();
    }

    private static Gradients run(LayerCase subject, LayerTruth truth) {
        Map<Operand<?>, Tensor> fed = new LinkedHashMap<>();
        try (Graph graph = new Graph();
                Session session = new Session(graph, NO_REWRITING)) {
            Ops tf = Ops.create(graph);
            List<Operand<?>> inputs = new ArrayList<>();
            truth.inputs().forEach(input -> inputs.add(TfArrays.feed(tf, fed, input)));
            TfGraphLayer layer = TfGraphLayer.add(
                    graph, "layer", subject.layer().get(), subject.seed(), inputs.toArray(new Operand<?>[0]));
            List<Output<?>> smooth = floating(layer.outputs());
            List<Output<?>> cotangents = new ArrayList<>();
            truth.cotangents()
                    .forEach(value ->
                            cotangents.add(TfArrays.feed(tf, fed, value).asOutput()));
            List<Output<?>> by = new ArrayList<>(
                    floating(inputs.stream().<Output<?>>map(Operand::asOutput).toList()));
            for (Variable<?> variable : layer.variables().values()) {
                by.add(variable.asOutput());
            }
            Output<?>[] gradients = graph.addGradients(
                    null,
                    smooth.toArray(new Output<?>[0]),
                    by.toArray(new Output<?>[0]),
                    cotangents.toArray(new Output<?>[0]));
            session.initialize();
            layer.setWeights(session, subject.values(truth.dtype()));
            List<@Nullable HostArray> values = fetch(session, fed, layer.outputs(), gradients);
            return gradients(layer, inputs, values);
        } finally {
            fed.values().forEach(Tensor::close);
        }
    }

    private static List<Output<?>> floating(List<Output<?>> outputs) {
        return outputs.stream()
                .filter(output -> TfArrays.isFloating(output.type()))
                .toList();
    }

    /** Outputs and gradients in one run; null where TensorFlow knows no path. */
    private static List<@Nullable HostArray> fetch(
            Session session, Map<Operand<?>, Tensor> fed, List<Output<?>> outputs, Output<?>[] gradients) {
        List<Output<?>> all = new ArrayList<>(outputs);
        all.addAll(List.of(gradients));
        Session.Runner runner = session.runner();
        fed.forEach(runner::feed);
        all.stream().filter(output -> !output.isClosed()).forEach(runner::fetch);
        List<@Nullable HostArray> values = new ArrayList<>();
        try (Result result = runner.run()) {
            int next = 0;
            for (Output<?> output : all) {
                values.add(output.isClosed() ? null : TfArrays.host(result.get(next++)));
            }
        }
        return values;
    }

    private static Gradients gradients(TfGraphLayer layer, List<Operand<?>> inputs, List<@Nullable HostArray> values) {
        int next = layer.outputs().size();
        List<HostArray> outputs = new ArrayList<>();
        values.subList(0, next).forEach(value -> outputs.add(Objects.requireNonNull(value)));
        List<@Nullable HostArray> byInputs = new ArrayList<>();
        for (Operand<?> input : inputs) {
            byInputs.add(TfArrays.isFloating(input.asOutput().type()) ? values.get(next++) : null);
        }
        Map<String, HostArray> byParameters = new LinkedHashMap<>();
        for (String path : layer.variables().keySet()) {
            HostArray value = values.get(next++);
            if (value != null) {
                byParameters.put(path, value);
            }
        }
        return new Gradients(outputs, byInputs, byParameters);
    }
}
