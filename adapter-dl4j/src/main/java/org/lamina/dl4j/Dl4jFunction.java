package org.lamina.dl4j;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Declaration;
import org.lamina.layer.Layer;
import org.lamina.spi.FormCache;
import org.lamina.spi.NativeArray;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A layer and its derivative as functions of ND4J's arrays, which stay in native memory. What they give is the caller's. */
final class Dl4jFunction implements AutoCloseable {
    /** The engine holds ND4J, which lives as long as the process, and nothing that a layer has to close. */
    private static final Dl4jEngine ENGINE = new Dl4jEngine();

    /**
     * One call.
     *
     * @param training what {@link org.lamina.layer.Scope#training} answers
     * @param seed of random draws
     * @param step of random draws
     */
    record Call(boolean training, long seed, long step) {
        /** A prediction, whose draws are always the same. */
        static Call prediction() {
            return new Call(false, 0, 0);
        }
    }

    /**
     * What a derivative gives.
     *
     * @param inputs the gradient by each input
     * @param parameters the gradient by each trained parameter, by path
     * @param states the new value of each state that was replaced, by path
     */
    record Pullback(List<INDArray> inputs, Map<String, INDArray> parameters, Map<String, INDArray> states) {}

    private final Map<String, Declaration> held;
    private final FormCache<Dl4jForm> predictions;
    private final FormCache<Dl4jForm> trainings;
    private final FormCache<Dl4jForm> predictionDerivatives;
    private final FormCache<Dl4jForm> trainingDerivatives;

    /** @param held what the layer declared for the inputs it was made for */
    Dl4jFunction(Layer layer, DType dtype, Map<String, Declaration> held) {
        this.held = held;
        predictions = new FormCache<>(types -> checked(Dl4jForm.forward(ENGINE, layer, dtype, types, false)));
        trainings = new FormCache<>(types -> checked(Dl4jForm.forward(ENGINE, layer, dtype, types, true)));
        predictionDerivatives =
                new FormCache<>(types -> checked(Dl4jForm.backward(ENGINE, layer, dtype, types, false)));
        trainingDerivatives = new FormCache<>(types -> checked(Dl4jForm.backward(ENGINE, layer, dtype, types, true)));
    }

    private Dl4jForm checked(Dl4jForm form) {
        for (Declaration declaration : form.traced().declarations().values()) {
            Declaration known = held.get(declaration.path());
            if (known == null || !known.type().shape().equals(declaration.type().shape())) {
                form.close();
                throw new LaminaException(
                        ErrorCode.SHAPE,
                        "input: for it parameter " + declaration.path() + " would be "
                                + declaration.type().shape() + " and in this network it "
                                + (known == null
                                        ? "does not exist"
                                        : "is " + known.type().shape())
                                + ". Give inputs like those the network was made for.");
            }
        }
        return form;
    }

    /** The outputs. */
    List<INDArray> forward(List<INDArray> inputs, Map<String, INDArray> values, Call call) {
        return run(
                call.training ? trainings : predictions, inputs, values, List.of(), call, (form, results) -> results);
    }

    /** The gradients of the sum over outputs of (output times cotangent), and the states after the call. */
    Pullback backward(List<INDArray> inputs, Map<String, INDArray> values, List<INDArray> cotangents, Call call) {
        return run(
                call.training ? trainingDerivatives : predictionDerivatives,
                inputs,
                values,
                cotangents,
                call,
                Dl4jFunction::pullback);
    }

    private static Pullback pullback(Dl4jForm form, List<INDArray> results) {
        int next = form.traced().inputs().size();
        List<INDArray> inputs = List.copyOf(results.subList(0, next));
        Map<String, INDArray> parameters = new LinkedHashMap<>();
        for (Declaration declaration : form.trained()) {
            parameters.put(declaration.path(), results.get(next++));
        }
        Map<String, INDArray> states = new LinkedHashMap<>();
        for (String path : form.traced().states().keySet()) {
            states.put(path, results.get(next++));
        }
        return new Pullback(inputs, parameters, states);
    }

    private interface Results<R> {
        R of(Dl4jForm form, List<INDArray> results);
    }

    private static <R> R run(
            FormCache<Dl4jForm> forms,
            List<INDArray> inputs,
            Map<String, INDArray> values,
            List<INDArray> cotangents,
            Call call,
            Results<R> results) {
        List<TensorType> types = inputs.stream().map(Dl4jFunction::type).toList();
        List<NativeArray> draws = new ArrayList<>();
        try (FormCache<Dl4jForm>.Lease lease = forms.acquire(types)) {
            Dl4jForm form = lease.form();
            List<NativeArray> operands = new ArrayList<>();
            inputs.forEach(input -> operands.add(borrowed(input)));
            form.traced().declared().keySet().forEach(path -> operands.add(borrowed(value(values, path))));
            for (HostArray draw : form.traced().draws(batch(form, types), call.seed, call.step)) {
                draws.add(ENGINE.upload(draw));
            }
            operands.addAll(draws);
            cotangents.forEach(cotangent -> operands.add(borrowed(cotangent)));
            return results.of(
                    form,
                    form.executable().run(operands).stream()
                            .map(result -> ((Dl4jArray) result).array())
                            .toList());
        } finally {
            draws.forEach(NativeArray::close);
        }
    }

    private static INDArray value(Map<String, INDArray> values, String path) {
        return Objects.requireNonNull(values.get(path), path);
    }

    private static long batch(Dl4jForm form, List<TensorType> types) {
        for (int i = 0; i < types.size(); i++) {
            if (form.traced().inputs().get(i).type().shape().isOpen()) {
                return types.get(i).shape().extent(0);
            }
        }
        return Shape.BATCH;
    }

    private static TensorType type(INDArray array) {
        return new TensorType(Dl4jArray.dtype(array.dataType()), Shape.of(array.shape()));
    }

    /** Somebody else's array, which is read and never closed. */
    private static NativeArray borrowed(INDArray array) {
        return new Dl4jArray(type(array), array);
    }

    @Override
    public void close() {
        predictions.close();
        trainings.close();
        predictionDerivatives.close();
        trainingDerivatives.close();
    }
}
