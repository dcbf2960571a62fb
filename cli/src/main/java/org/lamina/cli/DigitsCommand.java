package org.lamina.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.conformance.Digits;
import org.lamina.io.LayerJson;
import org.lamina.io.Safetensors;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.Relu;
import org.lamina.layers.Sequential;
import org.lamina.train.Split;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamina digits}. */
@Command(
        name = "digits",
        description = {
            "Write something to train on: the 1797 UCI handwritten digits, shuffled, as train.safetensors (80 %%) and "
                    + "test.safetensors (20 %%), and a network of the chapter's layers, net.json."
        },
        footer = {
            "  lamina digits digits",
            "  lamina train digits/net.json --data digits/train.safetensors \\",
            "      --test digits/test.safetensors --backend dl4j,djl,djl-mxnet,tf --seed 3 \\",
            "      --loss cross-entropy --optimizer adam:lr=0.01 --batch 128 --steps 200 \\",
            "      --tolerance --output trained"
        })
final class DigitsCommand implements Callable<Integer> {
    private static final double SHARE = 0.8;

    @Parameters(paramLabel = "DIR", description = "The folder to write to.")
    private Path folder;

    @Option(
            names = "--dtype",
            paramLabel = "D",
            converter = FloatingDType.class,
            description = "float32 (default) or float64, the width of the pixels.")
    private DType dtype = DType.FLOAT32;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "What the order of the samples is drawn from (default: 2).")
    private long seed = 2;

    @Spec
    private CommandSpec spec;

    DigitsCommand() {}

    @Override
    public Integer call() {
        OutputFiles.requireWritable(folder.resolve("net.json"));
        Digits digits = Digits.load();
        Split split = Split.shuffled(List.of(digits.pixels().cast(dtype), digits.labels()), SHARE, seed);
        new OutputFiles()
                .add(folder.resolve("net.json"), LayerJson.standard().format(net()) + System.lineSeparator())
                .add(folder.resolve("train.safetensors"), tensors(split.training()))
                .add(folder.resolve("test.safetensors"), tensors(split.test()))
                .write();
        PrintWriter out = spec.commandLine().getOut();
        out.println(folder + ": net.json, train.safetensors ("
                + split.training().get(0).shape().dim(0) + " images), test.safetensors ("
                + split.test().get(0).shape().dim(0) + ")");
        out.flush();
        return 0;
    }

    private static Sequential net() {
        return Sequential.of(new Dense(64), new CenteredLayer(), new Relu(), new Dense(10));
    }

    private static Safetensors tensors(List<HostArray> arrays) {
        Map<String, HostArray> named = new LinkedHashMap<>();
        named.put("x", arrays.get(0));
        named.put("labels", arrays.get(1));
        return Safetensors.of(named);
    }
}
