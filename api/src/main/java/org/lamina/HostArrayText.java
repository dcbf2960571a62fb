package org.lamina;

/** Prints an array in nested brackets, the middle of long axes left out. */
final class HostArrayText {
    private static final int EDGE = 3;
    private static final int WHOLE = 12;

    private HostArrayText() {}

    static String format(HostArray array) {
        StringBuilder text = new StringBuilder();
        append(text, array, 0, 0);
        return text.toString();
    }

    private static void append(StringBuilder text, HostArray array, int axis, long offset) {
        if (axis == array.shape().rank()) {
            text.append(element(array, (int) offset));
            return;
        }
        long size = array.shape().extent(axis);
        long stride = array.shape().slice(axis + 1, array.shape().rank()).size();
        text.append('[');
        for (long i = 0; i < size; i++) {
            text.append(i == 0 ? "" : ", ");
            if (size > WHOLE && i == EDGE) {
                text.append("..., ");
                i = size - EDGE;
            }
            append(text, array, axis + 1, offset + i * stride);
        }
        text.append(']');
    }

    private static String element(HostArray array, int index) {
        return switch (array.dtype()) {
            case FLOAT32 -> Float.toString((float) array.doubleAt(index));
            case FLOAT64 -> Double.toString(array.doubleAt(index));
            case INT32, INT64 -> Long.toString(array.longAt(index));
            case BOOL -> Boolean.toString(array.doubleAt(index) != 0);
        };
    }
}
