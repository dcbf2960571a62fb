package org.lamina.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.lamina.cli.Invocation.lamina;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;

/** Each is a clear message and exit code 2, and nothing is written. */
class BadInputTest {
    private static final HostArray X = Workspace.X;

    @TempDir
    Path folder;

    private Workspace work;

    @BeforeEach
    void prepare() {
        work = new Workspace(folder);
        work.text("layer.json", Workspace.LINEAR);
        work.arrays("x.safetensors", "x", X);
    }

    private String refused(Object... arguments) {
        Set<String> before = new HashSet<>(work.files());
        Invocation invocation = lamina(arguments);
        assertThat(invocation.exitCode()).as(invocation.err()).isEqualTo(2);
        assertThat(invocation.out()).isEmpty();
        assertThat(invocation.err()).startsWith("lamina").doesNotContain("\tat ");
        assertThat(work.files()).isEqualTo(before);
        return invocation.err();
    }

    private String run(String layer, String input, Object... more) {
        Object[] fixed = {
            "run",
            work.at(layer),
            "--backend",
            Workspace.backend(),
            "--input",
            work.at(input),
            "--output",
            work.at("out")
        };
        Object[] all = new Object[fixed.length + more.length];
        System.arraycopy(fixed, 0, all, 0, fixed.length);
        System.arraycopy(more, 0, all, fixed.length, more.length);
        return refused(all);
    }

    @Test
    void wrongShape() {
        work.arrays("x.safetensors", "x", HostArray.normal(Shape.of(2, 6), 1));
        assertThat(run("layer.json", "x.safetensors", "--seed", 1))
                .contains("(2, 6)")
                .contains("MyLinear");
    }

    @Test
    void wrongDtype() {
        work.arrays("x.safetensors", "x", HostArray.of(Shape.of(1, 5), 1, 2, 3, 4, 5));
        assertThat(run("layer.json", "x.safetensors", "--seed", 1))
                .contains("int32")
                .contains("float32");
    }

    @Test
    void inputsOfTwoWidths() {
        work.arrays("x.safetensors", "x0", X, "x1", X.cast(DType.FLOAT64));
        assertThat(run("layer.json", "x.safetensors", "--seed", 1)).contains("both float32 and float64");
    }

    @Test
    void emptyTensor() {
        work.text("layer.json", "{\"type\": \"CenteredLayer\"}");
        work.arrays("x.safetensors", "x", HostArray.of(Shape.of(0, 5), new float[0]));
        assertThat(run("layer.json", "x.safetensors")).contains("CenteredLayer");
    }

    @Test
    void inputNamesWithAGapOrUnknown() {
        work.arrays("x.safetensors", "x0", X, "x2", X);
        assertThat(run("layer.json", "x.safetensors", "--seed", 1)).contains("without a gap");
        work.arrays("x.safetensors", "input", X);
        assertThat(run("layer.json", "x.safetensors", "--seed", 1)).contains("[input]");
        work.arrays("x.safetensors", "x", X, "x0", X);
        assertThat(run("layer.json", "x.safetensors", "--seed", 1)).contains("[x, x0]");
    }

    @Test
    void moreInputsThanTheLayerTakes() {
        work.arrays("x.safetensors", "x0", X, "x1", X);
        assertThat(run("layer.json", "x.safetensors", "--seed", 1)).contains("MyLinear takes one input");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"type\": \"Dens\", \"units\": 3} | Dense",
                "{\"type\": \"Dense\"} | units",
                "{\"type\": \"Dense\", \"units\": 0} | at least 1",
                "{\"type\": \"Dense\", \"units\": \"3\"} | units",
                "{\"type\": \"Dense\", \"units\": 3, \"bias\": true} | bias",
                "{\"type\": \"Dense\", \"units\": 3 | line 1",
                "{\"units\": 3} | type",
                "[] | layer",
                "{\"type\": \"Sequential\", \"layers\": [{\"ref\": \"a\"}]} | layers[0]",
                "{\"type\": \"java.lang.Runtime\"} | java.lang.Runtime"
            })
    void brokenArchitecture(String text, String named) {
        work.text("layer.json", text);
        assertThat(run("layer.json", "x.safetensors", "--seed", 1))
                .contains(named)
                .contains("layer.json");
    }

    @Test
    void missingUnexpectedAndMisshapenWeightsInOneMessage() {
        work.arrays(
                "w.safetensors",
                "weight",
                HostArray.normal(Shape.of(5, 4), 1),
                "scale",
                HostArray.normal(Shape.of(3), 1));
        assertThat(run("layer.json", "x.safetensors", "--weights", work.at("w.safetensors")))
                .contains("missing bias")
                .contains("unexpected scale")
                .contains("weight is float32 (5, 3) in the model and float32 (5, 4)");
    }

    @Test
    void integerWeights() {
        work.arrays(
                "w.safetensors",
                "weight",
                HostArray.full(new TensorType(DType.INT64, Shape.of(5, 3)), 1),
                "bias",
                HostArray.normal(Shape.of(3), 1));
        assertThat(run("layer.json", "x.safetensors", "--weights", work.at("w.safetensors")))
                .contains("int64");
    }

    @Test
    void parametersWithoutValues() {
        assertThat(run("layer.json", "x.safetensors"))
                .contains("weight, bias")
                .contains("Give --weights FILE or --seed N");
    }

    @Test
    void weightsAndSeedTogether() {
        work.arrays("w.safetensors", "weight", X);
        assertThat(run("layer.json", "x.safetensors", "--weights", work.at("w.safetensors"), "--seed", 1))
                .contains("mutually exclusive");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none.safetensors", "none/none.safetensors"})
    void missingFiles(String name) {
        assertThat(run("layer.json", name, "--seed", 1)).contains(name).contains("no such file");
        assertThat(run(name, "x.safetensors", "--seed", 1)).contains(name).contains("no such file");
        assertThat(run("layer.json", "x.safetensors", "--weights", work.at(name)))
                .contains("no such file");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "header beyond the file | 1000 | {} | 0",
                "header of negative length | -1 | {} | 0",
                "overlapping tensors | 0 | {\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"z\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | 4",
                "a gap | 0 | {\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 8",
                "offsets beyond the file | 0 | {\"x\":{\"dtype\":\"F32\",\"shape\":[5],\"data_offsets\":[0,20]}} | 8",
                "offsets and shape that differ | 0 | {\"x\":{\"dtype\":\"F32\",\"shape\":[5],\"data_offsets\":[0,8]}} | 8",
                "a name twice | 0 | {\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | 8",
                "a huge shape | 0 | {\"x\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,16],\"data_offsets\":[0,8]}} | 8",
                "a huge empty shape | 0 | {\"x\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,9223372036854775807],\"data_offsets\":[0,0]}} | 0",
                "a negative size | 0 | {\"x\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}} | 4",
                "an unknown dtype | 0 | {\"x\":{\"dtype\":\"C64\",\"shape\":[1],\"data_offsets\":[0,8]}} | 8",
                "no JSON | 0 | {\"x\": | 0",
                "bytes after the last tensor | 0 | {\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | 9"
            })
    void hostileSafetensors(String what, long length, String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(length == 0 ? json.length : length).put(json);
        work.bytes("x.safetensors", file.array());
        assertThat(run("layer.json", "x.safetensors", "--seed", 1)).as(what).contains("x.safetensors");
        assertThat(refused("inspect", work.at("x.safetensors"))).as(what).contains("x.safetensors");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 20, 100})
    void truncatedSafetensors(int bytes) throws IOException {
        byte[] whole = Files.readAllBytes(work.at("x.safetensors"));
        work.bytes("x.safetensors", Arrays.copyOf(whole, bytes));
        run("layer.json", "x.safetensors", "--seed", 1);
        work.bytes("w.safetensors", Arrays.copyOf(whole, bytes));
        work.bytes("x.safetensors", whole);
        run("layer.json", "x.safetensors", "--weights", work.at("w.safetensors"));
    }

    @Test
    void unknownBackend() {
        assertThat(refused(
                        "run",
                        work.at("layer.json"),
                        "--backend",
                        "jax",
                        "--input",
                        work.at("x.safetensors"),
                        "--seed",
                        1,
                        "--output",
                        work.at("out")))
                .contains("\"jax\" is not on the class path; found: ")
                .contains(Backends.REFERENCE);
        assertThat(refused("conform", "--backend", "jax")).contains("\"jax\"");
        assertThat(refused("chapter", "--backend", "jax")).contains("\"jax\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%s,%s", "%s,", ",%s", "%s,,", "%s, "})
    void backendsNamedTwiceOrNotAtAll(String names) {
        String list = names.replace("%s", Workspace.backend());
        assertThat(refused("conform", "--backend", list))
                .contains("[BACKEND_CHOICE]")
                .containsAnyOf("twice", "an empty name");
    }

    @Test
    void aSizeOutOfRange() {
        assertThat(refused(
                        "init",
                        work.at("layer.json"),
                        "--input-shape",
                        "99999999999,5",
                        "--seed",
                        1,
                        "--output",
                        work.at("out")))
                .contains("99999999999,5")
                .contains("at most 2147483647");
    }

    /** Found before the work: the input is missing too. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void whatIsNoFileIsNotWrittenTo() throws Exception {
        Path pipe = work.at("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        for (Path place : List.of(pipe, Path.of("/dev/full"), Path.of("/dev/null"))) {
            assertThat(refused("init", work.at("none"), "--input-shape", "2,5", "--seed", 1, "--output", place))
                    .contains(place.toString(), "no regular file");
        }
        assertThat(refused("init", work.at("none"), "--input-shape", "2,5", "--seed", 1, "--output", folder))
                .contains("it is a folder");
    }

    /** Were the work begun, the missing input would be what is refused. */
    @Test
    void whatCannotBeWrittenIsFoundBeforeTheWork() {
        work.text("taken", "");
        Path within = work.at("taken").resolve("out");
        assertThat(refused(
                        "run",
                        work.at("layer.json"),
                        "--backend",
                        Workspace.backend(),
                        "--input",
                        work.at("none"),
                        "--output",
                        within))
                .contains("nothing was run or written");
        assertThat(refused("conform", "--layer", work.at("none"), "--report", within))
                .contains("nothing was run or written");
    }

    @Test
    void severalBackendsWithoutAChoice() {
        assumeThat(Workspace.frameworks()).hasSizeGreaterThan(1);
        assertThat(refused(
                        "run",
                        work.at("layer.json"),
                        "--input",
                        work.at("x.safetensors"),
                        "--seed",
                        1,
                        "--output",
                        work.at("out")))
                .contains("several backends are on the class path")
                .contains("--backend");
    }

    @Test
    void oneFailingBackendOfSeveralWritesNothing() {
        work.arrays("x.safetensors", "x", X, "dy", X);
        String both = Backends.REFERENCE + "," + Workspace.backend();
        refused(
                "run",
                work.at("layer.json"),
                "--backend",
                both,
                "--input",
                work.at("x.safetensors"),
                "--seed",
                1,
                "--gradient",
                "--output",
                work.at("out"));
    }

    @Test
    void wrongUsage() {
        assertThat(refused("run")).contains("--input");
        assertThat(refused("rum")).contains("'rum'");
        assertThat(refused()).contains("Missing required subcommand").contains("lamina --help");
        assertThat(refused("backends", "--yaml")).contains("--yaml");
        assertThat(refused("run", "--seed", "one")).contains("one");
    }

    @Test
    void aFolderInTheWay() {
        assertThat(folder.resolve("out").toFile().mkdir()).isTrue();
        assertThat(run("layer.json", "x.safetensors", "--seed", 1)).contains("out");
    }

    @Test
    void aFileWhereTheFolderShouldBe() {
        work.text("taken", "");
        assertThat(refused(
                        "run",
                        work.at("layer.json"),
                        "--backend",
                        Workspace.backend(),
                        "--input",
                        work.at("x.safetensors"),
                        "--seed",
                        1,
                        "--output",
                        work.at("taken").resolve("out")))
                .contains("it is a file")
                .contains("[FILE_ACCESS]");
    }

    @Test
    void axesOfAScalar() {
        work.text("layer.json", "{\"type\": \"Softmax\"}");
        work.arrays("x.safetensors", "x", HostArray.of(Shape.scalar(), 1f));
        assertThat(run("layer.json", "x.safetensors")).contains("rank 0 and no axes");
    }

    @Test
    void verboseShowsTheStackTrace() {
        Invocation invocation = lamina("inspect", work.at("none"), "--verbose");
        assertThat(invocation.exitCode()).isEqualTo(2);
        assertThat(invocation.err()).contains("\tat org.lamina.");
    }

    @Test
    void numbersThatTheWidthDoesNotHold() {
        HostArray great = HostArray.full(new TensorType(DType.FLOAT64, X.shape()), 1e39);
        work.arrays("great.safetensors", "x", great);
        assertThat(run("layer.json", "great.safetensors", "--seed", "1", "--dtype", "float32"))
                .contains("great.safetensors: x: 1.0E39 is no float32");
    }

    @Test
    void arraysWhoseNamesAreMisspelt() {
        for (String name : List.of("dY", "dy_0", "X0")) {
            work.arrays("misspelt.safetensors", "x", X, name, X);
            assertThat(run("layer.json", "misspelt.safetensors", "--seed", "1")).contains("there is no array " + name);
        }
    }
}
