package org.lamina.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.TensorType;
import org.lamina.io.Bundle;
import org.lamina.layer.Layer;
import org.lamina.port.Imported;
import org.lamina.port.ModelFormat;
import org.lamina.port.ModelInputs;
import org.lamina.port.WeightWidth;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina port}. */
@Command(
        name = "port",
        description = {
            "Port a model from one framework's format to another's. The formats are lamina, torch, keras, flax, npz, dl4j, djl, tf. "
                    + "Whatever does not fit is listed with its path and reason, and nothing is written then."
        },
        footer = {
            "  lamina port --from torch:net.safetensors --to lamina:net.zip",
            "  lamina port --from dl4j:net.zip --to djl:net.params --verify"
        })
final class PortCommand implements Callable<Integer> {
    @Option(
            names = "--from",
            paramLabel = "FORMAT:PATH",
            required = true,
            converter = ModelPlace.Converter.class,
            description = "What to read.")
    private ModelPlace from;

    @Option(
            names = "--to",
            paramLabel = "FORMAT:PATH",
            required = true,
            converter = ModelPlace.Converter.class,
            description = "What to write, replacing what is there.")
    private ModelPlace to;

    @Option(
            names = "--layer",
            paramLabel = "LAYER",
            description = "The architecture of a file that holds weights alone; else the layer.json beside it.")
    private @Nullable Path layer;

    @Option(
            names = "--input-shape",
            paramLabel = "SHAPE",
            description = "An input's sizes, such as 2,64, where the weights do not tell them.")
    private @Nullable String inputShape;

    @Option(
            names = "--verify",
            description =
                    "Run source and target on generated inputs, each in its own framework or else on every backend, compare "
                            + "outputs and gradients layer by layer, and end with 1 if they differ.")
    private boolean verify;

    @Option(
            names = "--expect",
            paramLabel = "FILE",
            description =
                    "Compare with what the source framework computed: safetensors or npz with x, y and perhaps dy, grad.x and "
                            + "grad.PARAMETER. If it differs, nothing is written and the command ends with 1.")
    private @Nullable Path expect;

    @Spec
    private CommandSpec spec;

    PortCommand() {}

    @Override
    public Integer call() {
        ModelFormat source = from.open();
        ModelFormat target = to.open();
        OutputFiles.requireWritableFolderOf(to.path());
        Layer architecture = layer == null ? null : LayerFile.read(layer).layer();
        RecordedNumbers recorded = expect == null ? null : new RecordedNumbers(expect);
        Imported imported = source.read(from.path(), architecture, known(architecture, recorded));
        Bundle read = imported.model();
        List<TensorType> inputs = inputs(read, recorded);
        Bundle model = ModelInputs.ordered(read, inputs);
        PrintWriter out = spec.commandLine().getOut();
        if (recorded != null && !recorded.agrees(model, width(model), out)) {
            imported.remarks().forEach(out::println);
            out.println("the model differs from what was recorded in " + expect + "; nothing was ported");
            out.flush();
            return Failures.FAILED;
        }
        OutputFiles.writing(List.of(to.path()), () -> target.write(model, to.path(), inputs));
        out.println(from + " is now " + to + ": "
                + ParameterTable.total(ParameterTable.types(model.weights().tensors())));
        imported.remarks().forEach(out::println);
        out.flush();
        return !verify || new PortVerification(model, architecture, inputs, expect).compare(from, to, out)
                ? 0
                : Failures.FAILED;
    }

    /** The types of the inputs before the weights are known, which only their order of axes depends on. */
    private List<TensorType> known(@Nullable Layer architecture, @Nullable RecordedNumbers recorded) {
        if (inputShape == null) {
            return recorded == null ? List.of() : recorded.inputs(DType.FLOAT32);
        }
        try {
            return architecture == null
                    ? InputTypes.parse(inputShape, DType.FLOAT32)
                    : InputTypes.of(inputShape, architecture, DType.FLOAT32);
        } catch (LaminaException e) {
            if (e.code() == ErrorCode.CONFIGURATION) {
                throw e;
            }
            // The layers may take such inputs only as the source has them.
            return InputTypes.parse(inputShape, DType.FLOAT32);
        }
    }

    private List<TensorType> inputs(Bundle model, @Nullable RecordedNumbers recorded) {
        if (inputShape == null) {
            return recorded == null ? ModelInputs.of(model) : ModelInputs.of(model, recorded.inputs(width(model)));
        }
        return ModelInputs.of(model, InputTypes.of(inputShape, model.layer(), width(model)));
    }

    /** The width to compare in. */
    static DType width(Bundle model) {
        return WeightWidth.of(model.weights().tensors().values());
    }
}
