package org.lamina.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lamina.DType;
import org.lamina.ErrorCode;
import org.lamina.LaminaException;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.io.LayerJson;
import org.lamina.layer.Layer;
import org.lamina.layer.Trace;

/** What the layers that come with Lamina refuse, before any backend is asked. */
@Rule("9.12")
class LayerMistakesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '#', textBlock = """
                    'Conv2d','filters':4,'kernel':[3,3],'stride':[1,1],'padding':[[0,0],[0,0]],'dilation':[1,1],'groups':3 | filters is 4 and groups is 3
                    'Conv2d','filters':4,'kernel':[3]                                   | kernel is [3]; it must be 2 numbers from 1
                    'Conv2d','filters':4,'kernel':[3,0]                                 | kernel is [3, 0]; it must be 2 numbers from 1
                    'Conv2d','filters':4,'kernel':[3,4294967296]                        | it must be 2 numbers from 1 to 2147483647
                    'Conv2d','filters':0,'kernel':[3,3]                                 | filters is 0
                    'Conv2d','filters':4,'kernel':[3,3],'padding':[[1,1]]               | padding is [[1, 1]]; it must be 2 pairs
                    'Conv2d','filters':4,'kernel':[3,3],'padding':[[1,-1],[0,0]]        | 2 pairs (before, after) of numbers from 0
                    'Conv1d','filters':4,'kernel':3,'stride':0                          | stride is [0]; it must be 1 number from 1
                    'ConvTranspose2d','filters':4,'kernel':[3,3],'crop':[[1],[1]]       | crop is [[1], [1]]; it must be 2 pairs
                    'MaxPool2d','kernel':[2,2],'stride':[2,-1]                          | stride is [2, -1]
                    'MaxPool2d','kernel':[2,2],'stride':[2,2],'padding':[[2,0],[0,0]]   | below the kernel [2, 2]
                    'AvgPool2d','kernel':[2,2],'stride':[2,2],'padding':[[0,0],[0,2]]   | below the kernel [2, 2]
                    'LayerNorm','epsilon':-1                                            | epsilon is -1.0
                    'LayerNorm'                                                         | LayerNorm has no "epsilon"
                    'RmsNorm','epsilon':'Infinity'                                      | epsilon is Infinity
                    'GroupNorm','groups':0,'epsilon':0.1                                | groups is 0
                    'BatchNorm','epsilon':0.1,'decay':1.5                               | decay is 1.5
                    'Clip','low':1,'high':0                                             | low must not be above high
                    'LeakyRelu'                                                         | LeakyRelu has no "slope"
                    'Elu','alpha':'NaN'                                                 | alpha is NaN
                    'HardSigmoid','slope':0.2,'offset':'Infinity'                       | offset is Infinity
                    'Lstm','units':0                                                    | Lstm: units is 0
                    'Gru','units':-1                                                    | Gru: units is -1
                    'SimpleRnn','units':0                                               | SimpleRnn: units is 0
                    'MultiHeadAttention','heads':3,'units':8                            | units is 8 and heads is 3
                    'Embedding','size':0,'units':3                                      | size is 0
                    """)
    void configurations(String fields, String message) {
        ErrorCode code = message.contains("has no") ? ErrorCode.ARCHITECTURE : ErrorCode.CONFIGURATION;
        assertRefused(() -> layer(fields), code, message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '#', textBlock = """
                    'Conv2d','filters':4,'kernel':[3,3]                      | 2,3,4   | x is (2, 3, 4) and must have 4 axes: the batch, the channels, and height and width
                    'Conv1d','filters':4,'kernel':3                          | 2,3     | must have 3 axes: the batch, the channels, and one
                    'Conv2d','filters':4,'kernel':[3,3]                      | 2,3,4,2 | axis 3 of x (2, 3, 4, 2) has 2 elements with its padding, and a window spans 3
                    'Conv1d','filters':4,'kernel':3,'stride':1,'padding':[0,1],'dilation':4 | 2,3,7 | has 8 elements with its padding, and a window spans 9
                    'Conv1d','filters':4,'kernel':3,'stride':1,'padding':[0,0],'dilation':1,'groups':2 | 2,3,7 | groups is 2, which does not divide its 3 channels
                    'ConvTranspose2d','filters':4,'kernel':[2,2],'stride':[1,1],'crop':[[1,2],[0,0]] | 2,3,2,4 | leaves nothing of axis 2
                    'MaxPool2d','kernel':[2,2]                               | 2,3,1,4 | a window spans 2
                    'AvgPool2d','kernel':[2,2]                               | 2,3     | must have 4 axes
                    'GlobalAveragePool'                                      | 2,3     | no axes after the batch and the channels
                    'Flatten'                                                |         | x is a scalar
                    'LayerNorm','epsilon':0.1                                |         | x is a scalar
                    'RmsNorm','epsilon':0.1                                  |         | x is a scalar
                    'GroupNorm','groups':2,'epsilon':0.1                     | 2,3     | does not divide its 3 channels
                    'GroupNorm','groups':2,'epsilon':0.1                     | 2       | must be (batch, channels, ...)
                    'Lstm','units':2                                         | 2,3     | must be (batch, time, features)
                    'Gru','units':2                                          | 2,0,3   | with at least one time step
                    'MultiHeadAttention','heads':2,'units':8                 | 2,3     | (batch, time, features): queries, keys, values
                    'PositionalEncoding'                                     | 2       | must be (..., time, features)
                    'Residual','layer':{'type':'Dense','units':1}            | 2,3     | the layer gives (2, 1) and the shortcut (2, 3)
                    'BatchNorm','epsilon':0.1                                | 2       | must be (batch, channels, ...)
                    """)
    void inputs(String fields, @Nullable String sizes, String message) {
        assertRefused(() -> trace(layer(fields), shape(sizes)), ErrorCode.SHAPE, message);
    }

    private static void assertRefused(ThrowingCallable action, ErrorCode code, String message) {
        assertThatThrownBy(action)
                .hasMessageContaining(message)
                .isInstanceOfSatisfying(
                        LaminaException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static Layer layer(String fields) {
        return LayerJson.standard().parse("{\"type\":" + fields.replace('\'', '"') + "}");
    }

    private static Shape shape(@Nullable String sizes) {
        return sizes == null
                ? Shape.scalar()
                : Shape.of(Arrays.stream(sizes.split(","))
                        .mapToLong(Long::parseLong)
                        .toArray());
    }

    private static void trace(Layer layer, Shape shape) {
        Trace.of(layer, DType.FLOAT32, List.of(new TensorType(DType.FLOAT32, shape)), false);
    }
}
