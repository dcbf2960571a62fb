package org.lamina.dl4j;

import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What has a Lamina layer in a network: a layer or a vertex. */
interface Dl4jHolder {
    /** What its configuration says. */
    Dl4jDescription description();

    /** Its parameters by Deeplearning4j's names, views of the network's flat array. */
    Map<String, INDArray> views();
}
