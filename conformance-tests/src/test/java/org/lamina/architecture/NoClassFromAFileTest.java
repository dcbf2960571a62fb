package org.lamina.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * No file can have a class loaded, or code run: what could do that is not called, but for places that are listed with the reason why
 * each is safe. What such a file does when it is read is tested with each format.
 */
class NoClassFromAFileTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.lamina");

    /** Methods that turn names or bytes into classes, objects or programs. */
    private static final Set<String> DANGEROUS = Set.of(
            "java.lang.Class.forName",
            "java.lang.ClassLoader.loadClass",
            "java.lang.ClassLoader.defineClass",
            "java.lang.Runtime.exec",
            "java.lang.Runtime.load",
            "java.lang.System.load",
            "java.lang.invoke.MethodHandles$Lookup.findClass",
            "java.lang.invoke.MethodHandles$Lookup.defineClass",
            "java.lang.reflect.Constructor.newInstance",
            "java.lang.reflect.Proxy.newProxyInstance",
            "org.deeplearning4j.nn.conf.MultiLayerConfiguration.fromJson",
            "org.deeplearning4j.nn.conf.MultiLayerConfiguration.fromYaml",
            "org.deeplearning4j.nn.conf.ComputationGraphConfiguration.fromJson",
            "org.deeplearning4j.nn.conf.ComputationGraphConfiguration.fromYaml",
            "org.deeplearning4j.nn.conf.NeuralNetConfiguration.fromJson",
            "org.deeplearning4j.nn.multilayer.MultiLayerNetwork.load",
            "org.deeplearning4j.nn.graph.ComputationGraph.load",
            "org.nd4j.autodiff.samediff.SameDiff.load",
            "org.nd4j.autodiff.samediff.SameDiff.fromFlatFile",
            "org.nd4j.linalg.factory.Nd4j.read",
            "org.nd4j.linalg.factory.Nd4j.readBinary",
            "ai.djl.Model.load",
            "ai.djl.nn.Block.loadParameters",
            "ai.djl.ndarray.NDList.decode",
            "ai.djl.ndarray.NDArray.decode",
            "ai.djl.ndarray.NDManager.decode",
            "org.tensorflow.SavedModelBundle.load",
            "org.tensorflow.SavedModelBundle.loader",
            "org.tensorflow.Graph.importGraphDef",
            "org.tensorflow.TensorFlow.loadLibrary");

    private static final Map<String, String> ALLOWED = Map.of(
            "org.lamina.io.LayerForm.invoke java.lang.reflect.Constructor.newInstance",
            "of a record that a program registered; a file names it by its registered name",
            "org.lamina.djl.DjlArray.free java.lang.Class.forName",
            "the name is in the code",
            "org.lamina.djl.DjlMxnet.libraryName java.lang.Class.forName",
            "the name is in the code",
            "org.lamina.djl.DjlSymbolArray$Objects.create java.lang.Class.forName",
            "the names are in the code",
            "org.lamina.djl.DjlTorch$Functions.lookup java.lang.Class.forName",
            "the name is in the code",
            "org.lamina.dl4j.Dl4jNativeModel.<init> org.deeplearning4j.nn.conf.MultiLayerConfiguration.fromJson",
            "every class that the text names was compared with those of Deeplearning4j's configurations before",
            "org.lamina.dl4j.Dl4jNativeGraph.<init> org.deeplearning4j.nn.conf.ComputationGraphConfiguration.fromJson",
            "every class that the text names was compared with those of Deeplearning4j's configurations before",
            "org.lamina.djl.DjlParameterFile.load ai.djl.nn.Block.loadParameters",
            "numbers only, for blocks that exist; every array in the file was checked before",
            "org.lamina.tf.TfNativeModel.<init> org.tensorflow.SavedModelBundle.load",
            "only to compare with a SavedModel that Lamina wrote, when --verify asks for it; a graph names no class");

    @Test
    void nothingDeserializesObjects() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.ObjectInputStream")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("org.deeplearning4j.util.ModelSerializer")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.net.URLClassLoader")
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "..jackson.databind..",
                        "..snakeyaml..",
                        "java.beans..",
                        "javax.script..",
                        "com.esotericsoftware..",
                        "com.thoughtworks..",
                        "ai.djl.repository..")
                .orShould()
                .dependOnClassesThat()
                .haveSimpleName("JsonTypeInfo")
                .because("a file could name what is made")
                .check(CLASSES);
    }

    @Test
    void dangerousMethodsAreCalledWhereTheyAreAllowedTo() {
        Map<String, String> found = new TreeMap<>();
        for (JavaClass each : CLASSES) {
            calls(each)
                    .filter(NoClassFromAFileTest::isDangerous)
                    .forEach(call -> found.put(
                            call.getOriginOwner().getFullName() + "."
                                    + call.getOrigin().getName() + " "
                                    + call.getTarget().getOwner().getName() + "."
                                    + call.getTarget().getName(),
                            call.getDescription()));
        }
        Set<String> present = new TreeSet<>();
        ALLOWED.keySet().stream()
                .filter(place -> CLASSES.contain(place.substring(0, place.lastIndexOf('.', place.indexOf(' ')))))
                .forEach(present::add);
        assertThat(found.keySet()).as("%s", found).isEqualTo(present);
    }

    private static Stream<JavaCall<?>> calls(JavaClass from) {
        return Stream.concat(from.getMethodCallsFromSelf().stream(), from.getConstructorCallsFromSelf().stream());
    }

    private static boolean isDangerous(JavaCall<?> call) {
        return DANGEROUS.contains(
                call.getTarget().getOwner().getName() + "." + call.getTarget().getName());
    }
}
