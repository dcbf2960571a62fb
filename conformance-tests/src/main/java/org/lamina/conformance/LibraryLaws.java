package org.lamina.conformance;

import static org.lamina.conformance.Laws.affine;
import static org.lamina.conformance.Laws.causal;
import static org.lamina.conformance.Laws.commutes;
import static org.lamina.conformance.Laws.commutesWithOrder;
import static org.lamina.conformance.Laws.complement;
import static org.lamina.conformance.Laws.differsByItself;
import static org.lamina.conformance.Laws.even;
import static org.lamina.conformance.Laws.idempotent;
import static org.lamina.conformance.Laws.identity;
import static org.lamina.conformance.Laws.ignoresOrder;
import static org.lamina.conformance.Laws.ignoresShift;
import static org.lamina.conformance.Laws.linear;
import static org.lamina.conformance.Laws.odd;
import static org.lamina.conformance.Laws.oddAroundZero;
import static org.lamina.conformance.Laws.rowByRow;
import static org.lamina.conformance.Laws.scales;
import static org.lamina.conformance.Laws.translates;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Layer;
import org.lamina.layer.Tensor;
import org.lamina.layers.AffineTransform;
import org.lamina.layers.AvgPool2d;
import org.lamina.layers.BatchNorm;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Clip;
import org.lamina.layers.Concat;
import org.lamina.layers.Conv1d;
import org.lamina.layers.Conv2d;
import org.lamina.layers.ConvTranspose2d;
import org.lamina.layers.Dense;
import org.lamina.layers.Dropout;
import org.lamina.layers.Elu;
import org.lamina.layers.Embedding;
import org.lamina.layers.Flatten;
import org.lamina.layers.Gelu;
import org.lamina.layers.GeluSigmoid;
import org.lamina.layers.GeluTanh;
import org.lamina.layers.GlobalAveragePool;
import org.lamina.layers.GroupNorm;
import org.lamina.layers.Gru;
import org.lamina.layers.HalfFourier;
import org.lamina.layers.HardSigmoid;
import org.lamina.layers.LayerNorm;
import org.lamina.layers.LeakyRelu;
import org.lamina.layers.LogSoftmax;
import org.lamina.layers.Lstm;
import org.lamina.layers.MaxPool2d;
import org.lamina.layers.MultiHeadAttention;
import org.lamina.layers.MyDense;
import org.lamina.layers.MyLinear;
import org.lamina.layers.Parallel;
import org.lamina.layers.Permute;
import org.lamina.layers.PositionalEncoding;
import org.lamina.layers.Relu;
import org.lamina.layers.Residual;
import org.lamina.layers.RmsNorm;
import org.lamina.layers.Sequential;
import org.lamina.layers.Sigmoid;
import org.lamina.layers.Silu;
import org.lamina.layers.SimpleRnn;
import org.lamina.layers.Softmax;
import org.lamina.layers.Softplus;
import org.lamina.layers.Tanh;
import org.lamina.layers.TensorReduction;

/** The laws that each layer that comes with Lamina keeps. */
public final class LibraryLaws {
    private static final double EPSILON = 1e-3;
    private static final Shape ROWS = Shape.of(4, 7);
    private static final Shape LONG_ROWS = Shape.of(2, 1000);
    private static final Shape IMAGES = Shape.of(3, 4, 7, 6);
    private static final Shape SEQUENCES = Shape.of(3, 5, 6);

    private LibraryLaws() {}

    /** Each layer on a small input. */
    public static List<LawCase> all() {
        return Stream.of(chapter(), dense(), windows(), normalization(), sequences(), compositions(), activations())
                .flatMap(List::stream)
                .toList();
    }

    /** A power of two changes exponents alone, where what is added is as many times as great. */
    private static Law scalesWithBias() {
        return Law.of("f(8 x) = 8 f(x) with an eighth of the bias", (f, x) -> f.of(x.mul(8)), (f, x) -> f.of(x)
                        .mul(8))
                .withWeights(weights -> scaled(weights, name -> name.endsWith("bias"), 0x1p-3))
                .toTheLastBit();
    }

    private static Law scalesExactly() {
        return scales(8, 8).toTheLastBit();
    }

    private static LawCase on(Shape input, Supplier<Layer> layer, Law... laws) {
        return on(List.of(HostArray.normal(input, 1)), layer, laws);
    }

    private static LawCase on(List<HostArray> inputs, Supplier<Layer> layer, Law... laws) {
        return new LawCase(layer.get().toString(), layer, inputs, List.of(laws));
    }

    private static List<Long> pair(long first, long second) {
        return List.of(first, second);
    }

    private static List<LawCase> chapter() {
        Law meanIsZero = Law.of(
                "mean of f(x) = 0", (f, x) -> f.of(x).mean(), (f, x) -> x.sum().mul(0));
        return List.of(
                on(
                        ROWS,
                        CenteredLayer::new,
                        meanIsZero,
                        ignoresShift(3),
                        idempotent(),
                        scales(-2.5, -2.5),
                        scalesExactly(),
                        commutesWithOrder(0),
                        commutesWithOrder(1)),
                on(ROWS, AffineTransform::new, ignoresShift(3), affine(), scalesWithBias(), commutesWithOrder(0)),
                on(ROWS, () -> new TensorReduction(3), quadratic()),
                on(ROWS, HalfFourier::new, fourier()));
    }

    private static Law[] quadratic() {
        Law parallelogram = Law.of(
                "f(x + sin x) + f(x - sin x) = 2 f(x) + 2 f(sin x)",
                (f, x) -> f.of(x.add(x.sin())).add(f.of(x.sub(x.sin()))),
                (f, x) -> f.of(x).add(f.of(x.sin())).mul(2));
        Law symmetric = Law.of("f(x) = f(x) with W symmetric", (f, x) -> f.of(x), (f, x) -> f.of(x))
                .withWeights(LibraryLaws::symmetric);
        return new Law[] {
            scales(2, 4).toTheLastBit(),
            even().toTheLastBit(),
            parallelogram,
            symmetric,
            rowByRow(),
            commutesWithOrder(0)
        };
    }

    private static Map<String, HostArray> symmetric(Map<String, HostArray> weights) {
        Map<String, HostArray> changed = new LinkedHashMap<>();
        weights.forEach((path, weight) -> {
            int in = (int) weight.shape().dim(0);
            int units = (int) weight.shape().dim(2);
            changed.put(path, HostArray.generate(weight.type(), i -> {
                int swapped = i / units % in * in * units + i / (in * units) * units + i % units;
                return (weight.doubleAt(i) + weight.doubleAt(swapped)) / 2;
            }));
        });
        return changed;
    }

    private static Law[] fourier() {
        Law impulse = Law.of(
                "f(an impulse at 0) = 1",
                (f, x) -> f.of(x.slice(1, 0, 1).mul(0).add(1).pad(1, 0, 6, 0)).get(-1, 0),
                (f, x) -> f.of(x).get(-1, 0).mul(0).add(1));
        Law constant = Law.of(
                "f(1) = (7, 0, 0, ...)",
                (f, x) -> f.of(x.mul(0).add(1)).get(-1, 0),
                (f, x) -> x.slice(1, 0, 1).mul(0).add(7).pad(1, 0, 3, 0));
        Law power = Law.of(
                "|f(x moved around)| = |f(x)|",
                (f, x) -> f.of(Tensor.concat(1, x.slice(1, 2, 7), x.slice(1, 0, 2)))
                        .square()
                        .sum(-1),
                (f, x) -> f.of(x).square().sum(-1));
        Law parseval = Law.of(
                "7 |x|^2 = 2 |f(x)|^2 - |f(x)_0|^2", (f, x) -> x.square().sum(1).mul(7), (f, x) -> f.of(x)
                        .square()
                        .sum(1, 2)
                        .mul(2)
                        .sub(f.of(x).get(1, 0).square().sum(-1)));
        return new Law[] {
            linear(), impulse, constant, power, parseval, scalesExactly(), rowByRow(), commutesWithOrder(0)
        };
    }

    private static List<LawCase> dense() {
        Law doubled = Law.of(
                        "2 f(x) = f(x) with twice the weights",
                        (f, x) -> f.of(x).mul(2),
                        (f, x) -> f.of(x))
                .withWeights(weights -> scaled(weights, name -> true, 2))
                .toTheLastBit();
        Law biasAlone = Law.of("f(0) = f(x) with W = 0", (f, x) -> f.of(x.mul(0)), (f, x) -> f.of(x))
                .withWeights(weights -> scaled(weights, name -> name.equals("weight"), 0));
        List<LawCase> cases = new ArrayList<>();
        List<Supplier<Layer>> rectified =
                List.of(() -> new MyLinear(7, 3), () -> new MyDense(3), () -> new Dense(3, new Relu()));
        rectified.forEach(layer ->
                cases.add(on(ROWS, layer, doubled, scalesWithBias(), biasAlone, rowByRow(), commutesWithOrder(0))));
        cases.add(on(
                ROWS,
                () -> new Dense(3),
                affine(),
                doubled,
                scalesWithBias(),
                biasAlone,
                rowByRow(),
                commutesWithOrder(0)));
        return cases;
    }

    /** Weights of some names times a factor. */
    private static Map<String, HostArray> scaled(
            Map<String, HostArray> weights, Predicate<String> names, double factor) {
        Map<String, HostArray> changed = new LinkedHashMap<>();
        weights.forEach((path, weight) -> changed.put(
                path, names.test(path) ? HostArray.generate(weight.type(), i -> weight.doubleAt(i) * factor) : weight));
        return changed;
    }

    private static List<LawCase> windows() {
        Law stretched =
                Law.of("f(2 x + 1) = 2 f(x) + 1", (f, x) -> f.of(x.mul(2).add(1)), (f, x) -> f.of(x)
                        .mul(2)
                        .add(1));
        return List.of(
                on(
                        IMAGES,
                        () -> new Conv2d(3, pair(3, 2), pair(2, 1)),
                        affine(),
                        scalesWithBias(),
                        translates(2, 2, 1),
                        translates(3, 1, 1),
                        rowByRow(),
                        commutesWithOrder(0)),
                on(
                        Shape.of(3, 2, 9),
                        () -> new Conv1d(3, 3),
                        affine(),
                        scalesWithBias(),
                        translates(2, 1, 1),
                        rowByRow()),
                on(
                        IMAGES,
                        () -> new ConvTranspose2d(3, pair(2, 3), pair(2, 3)),
                        affine(),
                        scalesWithBias(),
                        translates(2, 1, 2),
                        translates(3, 1, 3),
                        rowByRow()),
                on(
                        IMAGES,
                        () -> new MaxPool2d(pair(3, 2), pair(2, 1)),
                        stretched,
                        scalesExactly(),
                        commutes("tanh x", x -> x.tanh()),
                        translates(2, 2, 1),
                        translates(3, 1, 1),
                        commutesWithOrder(1)),
                on(
                        IMAGES,
                        () -> new AvgPool2d(pair(3, 2), pair(2, 1)),
                        stretched,
                        scalesExactly(),
                        linear(),
                        translates(2, 2, 1),
                        translates(3, 1, 1),
                        commutesWithOrder(1)),
                on(
                        IMAGES,
                        GlobalAveragePool::new,
                        stretched,
                        scalesExactly(),
                        linear(),
                        ignoresOrder(2),
                        ignoresOrder(3)),
                on(
                        IMAGES,
                        () -> Permute.of(0, 2, 3, 1),
                        commutes("sin x", x -> x.sin()),
                        scalesExactly(),
                        linear(),
                        rowByRow().toTheLastBit()),
                on(
                        IMAGES,
                        Flatten::new,
                        commutes("sin x", x -> x.sin()),
                        scalesExactly(),
                        rowByRow().toTheLastBit(),
                        idempotent().toTheLastBit()));
    }

    private static List<LawCase> normalization() {
        return List.of(
                on(IMAGES, () -> new BatchNorm(EPSILON), affine(), rowByRow(), commutesWithOrder(2)),
                on(SEQUENCES, () -> new LayerNorm(EPSILON), ignoresShift(3), oddAroundZero(), rowByRow()),
                on(SEQUENCES, () -> new RmsNorm(EPSILON), odd(), rowByRow(), commutesWithOrder(1)),
                on(IMAGES, () -> new GroupNorm(2, EPSILON), ignoresShift(3), oddAroundZero(), commutesWithOrder(3)));
    }

    private static List<LawCase> sequences() {
        TensorType words = new TensorType(DType.INT64, Shape.of(3, 4));
        HostArray queries = HostArray.normal(Shape.of(3, 4, 6), 1);
        HostArray keys = HostArray.normal(SEQUENCES, 2);
        HostArray values = HostArray.normal(SEQUENCES, 3);
        Law pairs = Law.ofLists(
                "f(q, k, v) = f(q, k and v in another order)",
                (f, in) -> f.of(in),
                (f, in) ->
                        f.of(List.of(in.get(0), in.get(1).reverse(1), in.get(2).reverse(1))));
        Law queriesInOrder = Law.ofLists(
                "f(q in another order, k, v) is f(q, k, v) in that order",
                (f, in) -> f.of(List.of(in.get(0).reverse(1), in.get(1), in.get(2))),
                (f, in) -> List.of(f.of(in).get(0).reverse(1)));
        Law addition = Law.of("f(x) - x = f(0)", (f, x) -> f.of(x).sub(x), (f, x) -> f.of(x.mul(0)));
        return List.of(
                on(
                        List.of(HostArray.generate(words, i -> i * i % 7)),
                        () -> new Embedding(7, 4),
                        commutesWithOrder(0).toTheLastBit(),
                        commutesWithOrder(1).toTheLastBit(),
                        rowByRow().toTheLastBit()),
                on(SEQUENCES, () -> new SimpleRnn(3), causal(1), rowByRow(), commutesWithOrder(0)),
                on(SEQUENCES, () -> new Lstm(3), causal(1), rowByRow(), commutesWithOrder(0)),
                on(SEQUENCES, () -> new Gru(3), causal(1), rowByRow(), commutesWithOrder(0)),
                on(SEQUENCES, () -> new Gru(3, true, false), causal(1), rowByRow(), commutesWithOrder(0)),
                on(SEQUENCES, () -> new MultiHeadAttention(2, 6, true), causal(1), rowByRow()),
                on(SEQUENCES, () -> new MultiHeadAttention(2, 6), commutesWithOrder(1), commutesWithOrder(0)),
                on(List.of(queries, keys, values), () -> new MultiHeadAttention(3, 6), pairs, queriesInOrder),
                on(SEQUENCES, PositionalEncoding::new, addition, causal(1), rowByRow()));
    }

    private static List<LawCase> compositions() {
        Law added = Law.of(
                "f(x) - x is odd around 0",
                (f, x) -> f.of(x).sub(x).add(f.of(x.neg()).add(x)),
                (f, x) -> f.of(x.mul(0)).mul(2));
        return List.of(
                on(
                        ROWS,
                        () -> new Residual(new Dense(7)),
                        added,
                        affine(),
                        scalesWithBias(),
                        rowByRow(),
                        commutesWithOrder(0)),
                on(ROWS, () -> Parallel.of(new Dense(3), new Tanh()), rowByRow(), commutesWithOrder(0)),
                on(
                        List.of(HostArray.normal(ROWS, 1), HostArray.normal(ROWS, 2)),
                        Concat::new,
                        commutes("sin x", x -> x.sin()),
                        rowByRow().toTheLastBit(),
                        commutesWithOrder(0).toTheLastBit()),
                on(ROWS, () -> Sequential.of(new Dense(5), new Tanh(), new Dense(3)), rowByRow(), commutesWithOrder(0)),
                on(ROWS, () -> new Dropout(0.5), identity().toTheLastBit()));
    }

    private static LawCase elementwise(Layer layer, Law... laws) {
        List<Law> all = new ArrayList<>(List.of(laws));
        all.add(rowByRow());
        all.add(commutesWithOrder(1));
        return new LawCase(layer.toString(), () -> layer, List.of(HostArray.normal(ROWS, 1)), all);
    }

    private static List<LawCase> activations() {
        Law sumIsOne = Law.of("sum of f(x) = 1", (f, x) -> f.of(x).sum(-1), (f, x) -> x.sum(-1)
                .mul(0)
                .add(1));
        Law expSumIsOne = Law.of("sum of e^f(x) = 1", (f, x) -> f.of(x).exp().sum(-1), (f, x) -> x.sum(-1)
                .mul(0)
                .add(1));
        Law positive = Law.of("f(|x|) = |x|", (f, x) -> f.of(x.abs()), (f, x) -> x.abs());
        return List.of(
                elementwise(new Relu(), scales(2, 2).toTheLastBit(), idempotent(), differsByItself(), positive),
                elementwise(new LeakyRelu(0.2), scales(2, 2).toTheLastBit(), positive),
                elementwise(new Elu(1.5), positive),
                elementwise(new Tanh(), odd()),
                elementwise(new Sigmoid(), complement(1)),
                elementwise(new HardSigmoid(0.2, 0.5), complement(1)),
                elementwise(new Softplus(), differsByItself()),
                elementwise(new Silu(), differsByItself()),
                elementwise(new Gelu(), differsByItself()),
                elementwise(new GeluTanh(), differsByItself()),
                elementwise(new GeluSigmoid(), differsByItself()),
                elementwise(new Clip(-1, 1), odd(), idempotent()),
                elementwise(new Softmax(), ignoresShift(3), sumIsOne),
                on(LONG_ROWS, Softmax::new, sumIsOne, ignoresShift(3), commutesWithOrder(1)),
                elementwise(new LogSoftmax(), ignoresShift(3), expSumIsOne));
    }
}
