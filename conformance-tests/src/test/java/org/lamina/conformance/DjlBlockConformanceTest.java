package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.lamina.DType;
import org.lamina.Gradients;
import org.lamina.HostArray;
import org.lamina.djl.DjlBlock;

/** Every layer as a block of DJL: what DJL computes, and what it differentiates. */
class DjlBlockConformanceTest {
    @TestFactory
    @Rule({"13.1", "13.2"})
    Stream<DynamicTest> everyLayerConformsAsABlock() {
        return Stream.concat(ChapterLayers.onDigits().stream(), LibraryLayers.all().stream())
                .flatMap(layer -> Stream.of(DType.FLOAT32, DType.FLOAT64)
                        .map(dtype ->
                                dynamicTest(layer.name() + " " + dtype, () -> check(few(layer.subject()), dtype))));
    }

    private static LayerCase few(LayerCase subject) {
        return subject.withFewerRows().orElse(subject);
    }

    private static void check(LayerCase subject, DType dtype) {
        LayerTruth truth = new LayerTruth(subject, dtype, work -> {});
        List<String> failures = new ArrayList<>();
        for (String engine : DjlArrays.engines()) {
            Gradients got = run(Engine.getEngine(engine), subject, truth);
            String failure = truth.gradients(got, truth.outputs(got.outputs())).failure();
            if (!failure.isEmpty()) {
                failures.add(engine + ": " + failure);
            }
        }
        assertThat(failures).isEmpty();
    }

    private static Gradients run(Engine engine, LayerCase subject, LayerTruth truth) {
        DjlBlock block = DjlBlock.of(subject.layer().get(), subject.seed(), types(truth.inputs()));
        try (NDManager manager = engine.newBaseManager()) {
            NDList inputs = new NDList();
            truth.inputs().forEach(input -> inputs.add(DjlArrays.upload(manager, input)));
            block.initialize(manager, DataType.valueOf(truth.dtype().name()), inputs.getShapes());
            block.setWeights(subject.values(truth.dtype()));
            inputs.stream().filter(x -> x.getDataType().isFloating()).forEach(x -> x.setRequiresGradient(true));
            block.getParameters().values().forEach(parameter -> parameter.freeze(false));
            return gradients(engine, block, inputs, truth.cotangents());
        }
    }

    private static DataType[] types(List<HostArray> inputs) {
        return inputs.stream()
                .map(input -> DataType.valueOf(input.dtype().name()))
                .toArray(DataType[]::new);
    }

    private static Gradients gradients(Engine engine, DjlBlock block, NDList inputs, List<HostArray> cotangents) {
        NDManager manager = inputs.head().getManager();
        NDList outputs;
        try (GradientCollector collector = engine.newGradientCollector()) {
            outputs = block.forward(new ParameterStore(manager, false), inputs, false);
            collector.backward(total(outputs, cotangents));
        }
        List<@Nullable HostArray> byInputs = new ArrayList<>();
        inputs.forEach(x -> byInputs.add(x.getDataType().isFloating() ? DjlArrays.gradient(x) : null));
        Map<String, HostArray> byParameters = new LinkedHashMap<>();
        for (Parameter parameter : block.getParameters().values()) {
            byParameters.put(parameter.getName(), DjlArrays.gradient(parameter.getArray()));
        }
        return new Gradients(outputs.stream().map(DjlArrays::host).toList(), byInputs, byParameters);
    }

    private static NDArray total(NDList outputs, List<HostArray> cotangents) {
        NDArray[] parts = new NDArray[cotangents.size()];
        List<NDArray> smooth =
                outputs.stream().filter(y -> y.getDataType().isFloating()).toList();
        Arrays.setAll(parts, i -> smooth.get(i)
                .mul(DjlArrays.upload(smooth.get(i).getManager(), cotangents.get(i)))
                .sum());
        return Arrays.stream(parts).reduce(NDArray::add).orElseThrow();
    }
}
