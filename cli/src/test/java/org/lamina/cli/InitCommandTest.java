package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lamina.cli.Invocation.lamina;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lamina.Backend;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Model;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.io.Safetensors;
import org.lamina.layers.MyLinear;

class InitCommandTest {
    @TempDir
    Path folder;

    private Workspace work;

    @BeforeEach
    void prepare() {
        work = new Workspace(folder);
        work.text("layer.json", Workspace.LINEAR);
    }

    private Invocation init(String shape, Object... more) {
        Object[] arguments = {
            "init", work.at("layer.json"), "--input-shape", shape, "--output", work.at("w.safetensors")
        };
        Object[] all = new Object[arguments.length + more.length];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        System.arraycopy(more, 0, all, arguments.length, more.length);
        return lamina(all);
    }

    @Test
    void drawsTheBitsThatAModelDraws() {
        assertThat(init("2,5", "--seed", 7)).isEqualTo(new Invocation(0, "", ""));

        try (Backend backend = Backend.load(Backends.REFERENCE)) {
            Model model = backend.model(new MyLinear(5, 3)).initialize(Shape.of(2, 5), 7);
            assertThat(work.read("w.safetensors")).isEqualTo(model.parameters());
        }
    }

    @Test
    void drawsFloat64() {
        assertThat(init("2,5", "--seed", 7, "--dtype", "float64").exitCode()).isZero();

        Map<String, HostArray> weights = work.read("w.safetensors");
        assertThat(Objects.requireNonNull(weights.get("weight")).type())
                .isEqualTo(new TensorType(DType.FLOAT64, Shape.of(5, 3)));
        assertThat(init("2,5", "--seed", 7).exitCode()).isZero();
        assertThat(work.read("w.safetensors").get("weight"))
                .as("the float32 values are the float64 ones, rounded")
                .isEqualTo(Objects.requireNonNull(weights.get("weight")).cast(DType.FLOAT32));
    }

    @Test
    void writesSharedParametersOnce() {
        work.text(
                "layer.json",
                "{\"type\": \"Sequential\", \"layers\": [{\"type\": \"Dense\", \"units\": 4, \"id\": \"a\"}, {\"ref\": \"a\"}]}");
        assertThat(init("2,4", "--seed", 7).exitCode()).isZero();

        Safetensors written = Safetensors.read(work.at("w.safetensors"));
        assertThat(written.tensors()).containsOnlyKeys("0.weight", "0.bias");
        assertThat(written.metadata()).containsEntry("1.weight", "0.weight");
    }

    @Test
    void inputsHaveDtypesOfTheirOwn() {
        assertThat(InputTypes.parse("2,64;3:int64; scalar :float64", DType.FLOAT32))
                .isEqualTo(List.of(
                        new TensorType(DType.FLOAT32, Shape.of(2, 64)),
                        new TensorType(DType.INT64, Shape.of(3)),
                        new TensorType(DType.FLOAT64, Shape.scalar())));
    }

    @Test
    void refusesWhatIsNoShape() {
        for (String shape : List.of("2,a", "2,-1", "", "2,,3", "2,3:float16", "2;")) {
            Invocation invocation = init(shape, "--seed", 7);
            assertThat(invocation.exitCode()).as(shape).isEqualTo(2);
            assertThat(invocation.err()).contains("--input-shape").contains("Write sizes as 2,64");
        }
        assertThat(work.files()).containsExactly("layer.json");
    }

    @Test
    void refusesAShapeThatDoesNotFit() {
        Invocation invocation = init("2,6", "--seed", 7);

        assertThat(invocation.exitCode()).isEqualTo(2);
        assertThat(invocation.err()).contains("MyLinear").doesNotContain("\tat ");
        assertThat(work.files()).containsExactly("layer.json");
    }

    @Test
    void refusesAnotherDtypeAndAMissingSeed() {
        assertThat(init("2,5", "--seed", 7, "--dtype", "int32").err()).contains("neither float32 nor float64");
        assertThat(init("2,5").err()).contains("--seed");
        assertThat(work.files()).containsExactly("layer.json");
    }
}
