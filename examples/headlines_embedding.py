"""Headlines and the mean of their words' vectors, made small."""

import keras
from data import LENGTH, TOPICS, WORDS, headlines
from keras import layers

from trainer.compression import squeeze


def build():
    """A plain Keras model, compiled."""
    words = keras.Input((LENGTH,), dtype="int32")
    vectors = layers.Embedding(WORDS, 32, mask_zero=True)(words)
    hidden = layers.Dense(64, "relu")(layers.GlobalAveragePooling1D()(vectors))
    model = keras.Model(words, layers.Dense(TOPICS, "softmax")(hidden))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def main(folder="build/examples", epochs=10, search=None):
    """Train it, let it lose 1 % of the accuracy at most, print what was tried, write the smallest file and run it."""
    train, dev, test = headlines()
    keras.utils.set_random_seed(0)
    model = build()
    model.fit(train.x, train.y, epochs=epochs, verbose=0)
    fit = {"x": train.x, "y": train.y}
    small = squeeze(
        model, metric=dev.is_right, train=fit, calibration=train.x[:200], holdout=test.is_right, search=search
    )
    print(small.report())
    file = small.export(f"{folder}/headlines_embedding.tflite")
    print("topics", file.predict(test.x[:5]).argmax(axis=-1), "should be", test.y[:5])


if __name__ == "__main__":
    main()
