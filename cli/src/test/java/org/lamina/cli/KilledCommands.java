package org.lamina.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.io.Bundle;
import org.lamina.io.Safetensors;
import org.lamina.layers.Dense;
import org.lamina.port.ModelFormats;

/** Does one kind of work, again and again, until its process is killed: each time with one number in all arrays, the next. */
final class KilledCommands {
    /** Both write several files that belong together. */
    static final String RUN = "run";

    static final String TRAIN = "train";

    private static final long INPUTS = 16;
    private static final long UNITS = 4096;

    private KilledCommands() {}

    /** Works in the folder that the first argument names; the second is {@code run}, {@code train} or a place to port to. */
    public static void main(String... arguments) throws IOException {
        Workspace work = new Workspace(Path.of(arguments[0]));
        work.text("layer.json", "{\"type\": \"Relu\"}");
        for (int round = 1; ; round++) {
            work(work, arguments[1], round);
            Files.writeString(work.at("started"), "");
        }
    }

    private static void work(Workspace work, String what, int round) {
        switch (what) {
            case RUN -> run(work, round);
            case TRAIN -> train(work, round);
            default -> port(work, what, round);
        }
    }

    private static void run(Workspace work, int round) {
        work.arrays("x.safetensors", "x", HostArray.full(type(INPUTS, UNITS), round));
        String backends = String.join(",", Workspace.backend(), Backends.REFERENCE);
        lamina(
                "run",
                work.at("layer.json"),
                "--backend",
                backends,
                "--input",
                work.at("x.safetensors"),
                "--output",
                work.at("y.safetensors"));
    }

    /** Trains what has no parameters, so that every loss is the round's square. */
    private static void train(Workspace work, int round) {
        HostArray zero = HostArray.full(type(2, 2), 0);
        work.arrays("data.safetensors", "x", HostArray.full(type(2, 2), round), "y", zero);
        lamina(
                "train",
                work.at("layer.json"),
                "--backend",
                Backends.REFERENCE,
                "--data",
                work.at("data.safetensors"),
                "--loss",
                "mse",
                "--optimizer",
                "sgd:lr=0.1",
                "--batch",
                2,
                "--steps",
                100,
                "--output",
                work.folder());
    }

    private static void port(Workspace work, String place, int round) {
        int colon = place.indexOf(':');
        Safetensors weights = Safetensors.of(Map.of(
                "weight", HostArray.full(type(INPUTS, UNITS), round),
                "bias", HostArray.full(new TensorType(DType.FLOAT32, Shape.of(UNITS)), round)));
        ModelFormats.named(place.substring(0, colon))
                .write(
                        new Bundle(new Dense(UNITS), weights),
                        work.at(place.substring(colon + 1)),
                        List.of(type(1, INPUTS)));
    }

    private static TensorType type(long rows, long columns) {
        return new TensorType(DType.FLOAT32, Shape.of(rows, columns));
    }

    private static void lamina(Object... arguments) {
        Invocation done = Invocation.lamina(arguments);
        if (done.exitCode() != 0) {
            throw new IllegalStateException(done.err());
        }
    }
}
