package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.HostArray;
import org.lamina.LaminaException;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.layer.Initializer;
import org.lamina.layer.Layer;
import org.lamina.layer.MultiLayer;
import org.lamina.layer.Tensor;
import org.lamina.layers.CenteredLayer;
import org.lamina.layers.Dense;
import org.lamina.layers.Sequential;

/** Parameters and the life of models, on every backend on the class path. */
@ParameterizedClass
@MethodSource("org.lamina.Backend#available")
class ModelRulesTest {
    private static final HostArray X = HostArray.uniform(Shape.of(2, 4), 7);

    private final Backend backend;

    ModelRulesTest(String backend) {
        this.backend = Backend.load(backend);
    }

    @AfterEach
    void close() {
        backend.close();
    }

    private Model model(Layer layer) {
        return backend.model(layer).initialize(X.shape(), 1);
    }

    private static void refused(ErrorCode code, Runnable call) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(LaminaException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }

    @Test
    @Rule("10.1")
    void namesArePartsOfPaths() {
        Layer named = (scope, x) -> scope.call("en-coder_1", Sequential.of(new Dense(2)), x);
        assertThat(model(named).parameters()).containsOnlyKeys("en-coder_1.0.weight", "en-coder_1.0.bias");
        for (String wrong : List.of("", "a.b", "a b", "ä")) {
            refused(ErrorCode.NAME, () -> model((scope, x) -> scope.call(wrong, new Dense(2), x)));
            refused(ErrorCode.NAME, () -> model((scope, x) -> scope.parameter(wrong, Shape.of(1), Initializer.ones())));
        }
    }

    @Test
    @Rule("10.2")
    void equalLayersShareNothing() {
        Model net = model(Sequential.of(new Dense(4), new Dense(4)));
        assertThat(net.aliases()).isEmpty();
        assertThat(net.parameter("0.weight")).isNotEqualTo(net.parameter("1.weight"));
    }

    @Test
    @Rule("10.3")
    void aNameMeansOneThing() {
        Layer twice = (scope, x) -> {
            Tensor first = scope.parameter("scale", Shape.of(4), Initializer.constant(2));
            return x.mul(first).add(scope.parameter("scale", Shape.of(4), Initializer.constant(2)));
        };
        assertThatThrownBy(() -> model(twice))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NAME))
                .hasMessageContaining("scale is declared twice, as float32 (4,) and again as float32 (4,)");
        Layer making = (scope, x) -> scope.call("dense", new Dense(4), x);
        assertThat(model(Sequential.of(making, making)).parameters()).hasSize(2);
        assertThat(model((scope, x) -> scope.call("a", making, scope.call("a", making, x)))
                        .parameters())
                .containsOnlyKeys("a.dense.weight", "a.dense.bias");
        Layer widths = (scope, x) -> x.mul(scope.parameter("scale", Shape.of(4), Initializer.ones()))
                .add(scope.parameter("scale", Shape.of(1), Initializer.ones()));
        refused(ErrorCode.SHAPE, () -> model(widths));
        Layer roles = (scope, x) -> x.mul(scope.parameter("scale", Shape.of(4), Initializer.ones()))
                .add(scope.constant("scale", Shape.of(4), Initializer.ones()));
        refused(ErrorCode.SHAPE, () -> model(roles));
        Dense shared = new Dense(5);
        refused(ErrorCode.SHAPE, () -> model(Sequential.of(shared, shared)));
        refused(
                ErrorCode.NAME,
                () -> model((scope, x) -> scope.call("a", new Dense(2), x).add(scope.call("a", new Dense(2), x))));
    }

    @Test
    @Rule("10.4")
    void parametersDoNotDependOnTheBatch() {
        Layer shift = (scope, x) -> x.add(scope.parameter("shift", x.shape(), Initializer.zeros()));
        refused(ErrorCode.BATCH_OPEN, () -> backend.model(shift).initialize(Shape.of(Shape.BATCH, 4), 1));
        refused(ErrorCode.BATCH_OPEN, () -> model(shift));
        Layer rows = (scope, x) -> x.matmul(x.transpose())
                .matmul(scope.parameter("w", Shape.of(x.shape().dim(0), 3), Initializer.ones()));
        refused(ErrorCode.BATCH_OPEN, () -> model(Sequential.of(new Dense(5), rows)));
        refused(ErrorCode.BATCH_OPEN, () -> backend.model(shift)
                .initialize(List.of(X.type()), Map.of("shift", HostArray.full(X.type(), 1))));
        Layer two = (scope, x) -> x.reshape(2, 4).mul(scope.parameter("w", Shape.of(2, 4), Initializer.ones()));
        assertThat(model(two).predict(X)).isEqualTo(X);
        assertThat(backend.model(new Dense(2)).initialize(Shape.of(4), 1).declarations())
                .hasSize(2);
        refused(ErrorCode.NOT_INITIALIZED, () -> backend.model(new Dense(2)).predict(X));
        refused(ErrorCode.SHAPE, () -> model(new Dense(2)).predict(HostArray.uniform(Shape.of(2, 5), 1)));
    }

    @Test
    @Rule("10.12")
    @NullUnmarked
    void aNullIsFoundWhereItComesIn() {
        Layer none = (scope, x) -> null;
        Layer noList = (MultiLayer) (scope, inputs) -> null;
        Layer noElement = (MultiLayer) (scope, inputs) -> Arrays.asList(inputs.get(0), null);
        for (Layer layer : List.of(none, noList, noElement)) {
            assertThatThrownBy(() -> model(Sequential.of(new Dense(3), layer)))
                    .isInstanceOfSatisfying(
                            LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ARGUMENT))
                    .hasMessageContaining("returned null")
                    .hasMessageEndingWith("In layer 1 (lambda) of Sequential.");
        }
        refused(ErrorCode.ARGUMENT, () -> backend.model(new Dense(3)).initialize((Shape) null, 1));
        refused(ErrorCode.ARGUMENT, () -> model(new Dense(3)).predict((HostArray) null));
        refused(ErrorCode.ARGUMENT, () -> model(new Dense(3)).predict(Arrays.asList(X, null)));
        refused(ErrorCode.ARGUMENT, () -> model((scope, x) -> x.add(null)));
        refused(ErrorCode.ARGUMENT, () -> model((scope, x) -> scope.call("a", null, x)));
    }

    @Test
    @Rule("10.6")
    void valuesFitOrAreRefused() {
        Model dense = model(new Dense(2));
        HostArray bias = dense.parameter("bias");
        refused(ErrorCode.WEIGHTS, () -> dense.setParameter("bias", HostArray.of(Shape.of(3), 1f, 2f, 3f)));
        refused(ErrorCode.WEIGHTS, () -> dense.setParameter("bias", HostArray.of(Shape.of(2), 1.0, 2.0)));
        refused(ErrorCode.UNKNOWN_PARAMETER, () -> dense.setParameter("kernel", bias));
        assertThat(dense.parameter("bias")).isEqualTo(bias);
    }

    @Test
    @Rule("10.7")
    void aLayerHoldsNoState() {
        Layer net = Sequential.of(new Dense(3), new CenteredLayer());
        Model first = model(net);
        HostArray before = first.predict(X);
        Model second = backend.model(net).initialize(X.shape(), 2);
        second.reinitialize("", Initializer.zeros(), 0);
        assertThat(first.predict(X)).isEqualTo(before).isNotEqualTo(second.predict(X));
        second.close();
        assertThat(first.predict(X)).isEqualTo(before);
    }

    @Test
    @Rule("10.8")
    void tensorsLiveInOneCall() {
        List<Tensor> kept = new ArrayList<>();
        Layer keeping = (scope, x) -> {
            kept.add(x);
            return x.add(kept.get(0));
        };
        refused(ErrorCode.NAME, () -> model(keeping).predict(X));
        assertThatThrownBy(() -> model((scope, x) -> x.sum().toBoolean() ? x : x.neg()))
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.DATA_DEPENDENT))
                .hasMessageContaining("select");
    }

    @Test
    @Rule("10.9")
    void threadsSeeAllOfAChangeOrNothing() throws Exception {
        Model net = model(new Dense(4));
        Map<String, HostArray> first = net.parameters();
        Map<String, HostArray> second = new LinkedHashMap<>();
        first.forEach((path, value) -> second.put(path, HostArray.full(value.type(), 0.5)));
        HostArray ofFirst = net.predict(X);
        HostArray ofSecond = net.setParameters(second).predict(X);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<List<HostArray>>> seen = new ArrayList<>();
            for (int thread = 0; thread < 3; thread++) {
                seen.add(threads.submit(() -> repeated(net)));
            }
            for (int i = 0; i < 40; i++) {
                net.setParameters(i % 2 == 0 ? first : second);
            }
            for (Future<List<HostArray>> future : seen) {
                assertThat(future.get()).isSubsetOf(ofFirst, ofSecond);
            }
        } finally {
            threads.shutdown();
        }
    }

    private static List<HostArray> repeated(Model net) {
        List<HostArray> outputs = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            outputs.add(net.predict(X));
        }
        return outputs;
    }

    @Test
    @Rule("10.10")
    void whatIsClosedIsRefusedAndWhatCameOutStays() {
        Backend own = Backend.load(backend.info().name());
        Model net = own.model(new Dense(3)).initialize(X.shape(), 1);
        HostArray y = net.predict(X);
        double[] values = y.toDoubles();
        own.close();
        own.close();
        refused(ErrorCode.CLOSED, () -> net.predict(X));
        refused(ErrorCode.CLOSED, net::parameters);
        refused(ErrorCode.CLOSED, () -> own.model(new Dense(3)));
        refused(ErrorCode.CLOSED, () -> own.model(new Dense(3), DType.FLOAT64));
        refused(ErrorCode.CLOSED, () -> own.engine().upload(X));
        refused(ErrorCode.CLOSED, () -> model(new Dense(3)).copyTo(own));
        assertThat(y.toDoubles()).containsExactly(values);
    }

    @Test
    @Rule("10.11")
    void aBackendIsNamedOrTheOnlyOne() {
        refused(ErrorCode.BACKEND_CHOICE, () -> Backend.load("jax"));
        assumeThat(System.getProperty("lamina.backend")).isNull();
        int frameworks = Backend.available().size() - 1;
        if (frameworks == 1) {
            try (Backend only = Backend.load()) {
                assertThat(only.info().name()).isNotEqualTo("reference");
            }
        } else {
            assertThatThrownBy(Backend::load).isInstanceOfSatisfying(LaminaException.class, e -> assertThat(e.code())
                    .isEqualTo(ErrorCode.BACKEND_CHOICE));
        }
    }

    @Test
    @Rule("10.13")
    void aRefusedCallLeavesTheModelAsItWas() {
        Model net = model(new Dense(3));
        HostArray y = net.predict(X);
        Map<String, HostArray> parameters = net.parameters();
        refused(ErrorCode.SHAPE, () -> net.predict(HostArray.uniform(Shape.of(2, 5), 1)));
        refused(ErrorCode.DTYPE, () -> net.predict(HostArray.of(Shape.of(1, 4), 1, 2, 3, 4)));
        refused(ErrorCode.WEIGHTS, () -> net.setParameters(Map.of("weight", X)));
        refused(ErrorCode.UNKNOWN_PARAMETER, () -> net.freeze("kernel"));
        assertThat(net.parameters()).isEqualTo(parameters);
        assertThat(net.predict(X)).isEqualTo(y);
    }
}
