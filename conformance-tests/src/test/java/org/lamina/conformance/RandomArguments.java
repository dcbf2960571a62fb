package org.lamina.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.lamina.DType;
import org.lamina.HostArray;
import org.lamina.Shape;
import org.lamina.TensorType;
import org.lamina.layer.Tensor;

/** Arguments of ops, most of which an op must refuse. */
record RandomArguments(Random random) {
    private static final double[] NUMBERS = {
        0, -0.0, 1, -1, 0.5, 3, 3e38, -3e38, 1e39, 1e300, -1e300, 1e-300, Double.NaN, 1 / 0.0, -1 / 0.0
    };
    private static final List<String> EQUATIONS = List.of(
            "ij,jk->ik",
            "i->",
            "ii->i",
            "...i,i->...",
            "->",
            "i,i",
            "",
            "ij->ji->ij",
            "i,j->ijk",
            "é->é",
            "ijk,lmn->ijklmn");
    private static final int EXTREME = 20;
    private static final int LARGEST_RANK = 3;
    private static final int LARGEST_SIZE = 4;

    /** Arrays of one dtype and shape as often as not, so that some calls are right. */
    List<HostArray> arrays(int count) {
        boolean alike = random.nextBoolean();
        TensorType first = type();
        List<HostArray> arrays = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            arrays.add(HostArray.generate(alike ? first : type(), element -> random.nextInt(9) - 4));
        }
        return arrays;
    }

    Object argument(Class<?> type, List<Tensor> tensors) {
        if (type == Tensor.class) {
            return tensor(tensors);
        } else if (type == Tensor[].class) {
            return many().mapToObj(i -> tensor(tensors)).toArray(Tensor[]::new);
        } else if (type == int[].class) {
            return many().map(i -> (int) number(Integer.MIN_VALUE, Integer.MAX_VALUE))
                    .toArray();
        } else if (type == long[].class) {
            return many().mapToLong(i -> number(Long.MIN_VALUE, Long.MAX_VALUE)).toArray();
        }
        return scalar(type);
    }

    /** One that is given or, as a framework treats it otherwise, computed, perhaps without elements. */
    private Tensor tensor(List<Tensor> tensors) {
        Tensor given = one(tensors);
        return switch (random.nextInt(2 * LARGEST_SIZE)) {
            case 0 -> given.dtype() == DType.BOOL ? given.not() : given.neg();
            case 1 -> given.shape().rank() == 0 ? given : given.slice(0, 0, 0);
            default -> given;
        };
    }

    private Object scalar(Class<?> type) {
        if (type == int.class) {
            return (int) number(Integer.MIN_VALUE, Integer.MAX_VALUE);
        } else if (type == long.class) {
            return number(Long.MIN_VALUE, Long.MAX_VALUE);
        } else if (type == double.class) {
            return NUMBERS[random.nextInt(NUMBERS.length)];
        } else if (type == boolean.class) {
            return random.nextBoolean();
        } else if (type == String.class) {
            return one(EQUATIONS);
        } else if (type == DType.class) {
            return type().dtype();
        } else if (type == Shape.class) {
            return type().shape();
        }
        throw new IllegalStateException("an op takes a " + type + "; say here what it may be");
    }

    private long number(long least, long most) {
        return switch (random.nextInt(EXTREME)) {
            case 0 -> least;
            case 1 -> most;
            default -> random.nextInt(2 * LARGEST_SIZE) - LARGEST_RANK;
        };
    }

    private TensorType type() {
        long[] sizes =
                random.longs(random.nextInt(LARGEST_RANK + 1), 0, LARGEST_SIZE).toArray();
        return new TensorType(one(List.of(DType.values())), Shape.of(sizes));
    }

    private IntStream many() {
        return IntStream.range(0, random.nextInt(LARGEST_RANK + 1));
    }

    private <T> T one(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
