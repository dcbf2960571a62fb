package org.lamina.tf;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.graph.Graph;
import org.lamina.graph.Node;
import org.lamina.io.Bundle;
import org.lamina.layer.Layer;
import org.lamina.layer.Trace;
import org.lamina.layer.TracedLayer;
import org.lamina.layers.Sequential;
import org.lamina.port.LayerTaps;
import org.lamina.port.WeightWidth;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.family.TType;

/**
 * A model lowered to a TensorFlow graph whose parameters are variables. What each layer gives is an op too, to compare with, which
 * costs nothing unless it is fetched.
 */
final class TfSavedModel {
    /** Before the name of a layer's output. */
    static final String LAYERS = "layer._";

    /** After the name of a variable, for the op that reads it. */
    static final String READ = "._read";

    private TfSavedModel() {}

    /** Writes to an empty folder. */
    static void export(Bundle model, List<TensorType> inputs, Path folder) throws IOException {
        LayerTaps taps = new LayerTaps(model.layer());
        TracedLayer traced = trace(model, taps, inputs);
        TfProvider.load();
        try (org.tensorflow.Graph target = new org.tensorflow.Graph();
                Session session = new Session(target, TfRun.CONFIGURATION)) {
            Ops tf = Ops.create(target);
            Map<Node, Operand<?>> values = new HashMap<>();
            Signature.Builder signature = Signature.builder().key("serving_default");
            TfDetours detours = new TfDetours(tf);
            for (int i = 0; i < traced.inputs().size(); i++) {
                String name = traced.inputs().size() == 1 ? "x" : "x" + i;
                Operand<?> x =
                        placeholder(tf.withName(name), traced.inputs().get(i).type());
                detours.offerBatch(x, traced.inputs().get(i).type().shape());
                values.put(traced.inputs().get(i), x);
                signature.input(name, x);
            }
            traced.declared().forEach((path, node) -> {
                Operand<?> variable =
                        variable(tf, session, path, model.weights().tensor(path));
                values.put(node, variable);
            });
            List<Operand<?>> all = lower(tf, detours, traced, values);
            List<Operand<?>> outputs = all.subList(all.size() - count(model, taps), all.size());
            for (int i = 0; i < outputs.size(); i++) {
                String name = outputs.size() == 1 ? "y" : "y" + i;
                signature.output(name, tf.withName(name).identity(TfLowering.typed(outputs.get(i))));
            }
            for (int i = 0; i < all.size() - outputs.size(); i++) {
                tf.withName(LAYERS + taps.names().get(i).replace('#', '.')).identity(TfLowering.typed(all.get(i)));
            }
            write(session, signature.build(), folder);
        }
    }

    /** TensorFlow's exceptions have no class in common below this one, and tell of a full disk in words alone. */
    private static void write(Session session, Signature signature, Path folder) throws IOException {
        try {
            SavedModelBundle.exporter(folder.toString())
                    .withSession(session)
                    .withSignature(signature)
                    .export();
        } catch (RuntimeException e) {
            throw new IOException("TensorFlow could not write it (" + e.getMessage() + ")", e);
        }
    }

    /** How many outputs the last layer has. */
    private static int count(Bundle model, LayerTaps taps) {
        if (!(model.layer() instanceof Sequential sequence) || sequence.layers().isEmpty()) {
            return taps.names().size();
        }
        String last = Integer.toString(sequence.layers().size() - 1);
        return (int) taps.names().stream()
                .filter(name -> name.equals(last) || name.startsWith(last + "#"))
                .count();
    }

    /** Open in the batch, if the layers do not ask for its size. */
    private static TracedLayer trace(Bundle model, Layer layer, List<TensorType> closed) {
        DType dtype = WeightWidth.of(model.weights().tensors().values());
        List<TensorType> open = closed.stream()
                .map(type -> new TensorType(type.dtype(), type.shape().with(0, Shape.BATCH)))
                .toList();
        try {
            return Trace.of(layer, dtype, open, false);
        } catch (LaminaException e) {
            return Trace.of(layer, dtype, closed, false);
        }
    }

    private static Operand<?> placeholder(Ops tf, TensorType type) {
        return tf.placeholder(TfArray.tensorClass(type.dtype()), Placeholder.shape(TfArray.shape(type.shape())));
    }

    /** A variable that has its value in the session. */
    private static Operand<?> variable(Ops tf, Session session, String path, HostArray value) {
        Variable<TType> variable = tf.withName(path)
                .variable(
                        TfArray.shape(value.shape()),
                        TfLowering.<TType>typed(placeholder(tf, value.type())).type());
        Operand<TType> given = TfLowering.typed(placeholder(tf, value.type()));
        TfTensor array = TfTensor.of(value);
        try {
            session.runner()
                    .feed(given, array.tensor())
                    .addTarget(tf.assign(variable, given))
                    .run()
                    .close();
        } finally {
            array.close();
        }
        return tf.withName(path + READ).identity(variable);
    }

    private static List<Operand<?>> lower(Ops tf, TfDetours detours, TracedLayer traced, Map<Node, Operand<?>> values) {
        List<Node> given = new ArrayList<>(traced.inputs());
        given.addAll(traced.declared().values());
        Graph graph = Graph.of(given, traced.outputs());
        TfLowering lowering = new TfLowering(tf, detours, value -> TfTensor.constant(tf, value));
        for (Node node : graph.nodes()) {
            if (!values.containsKey(node)) {
                values.put(node, node.op().lower(lowering, node.type(), TfCompilation.operands(values, node)));
            }
        }
        List<Operand<?>> outputs = new ArrayList<>();
        for (Node output : graph.outputs()) {
            outputs.add(Objects.requireNonNull(values.get(output)));
        }
        return outputs;
    }
}
