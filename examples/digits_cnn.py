"""Digits and a convolutional net with BatchNormalization and a residual sum, made small."""

import keras
from data import digits
from keras import layers

from trainer.compression import Search, squeeze

SEARCH = Search(epochs=20)  # rounds of training after each change: 797 rows are few steps


def build():
    """A plain Keras model, compiled."""
    image = keras.Input((8, 8, 1))
    first = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(32, 3, padding="same")(image)))
    second = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(32, 3, padding="same")(first)))
    third = layers.BatchNormalization()(layers.Conv2D(32, 3, padding="same")(second))
    last = layers.Conv2D(48, 3, activation="relu")(layers.MaxPooling2D()(layers.ReLU()(layers.Add()([first, third]))))
    model = keras.Model(image, layers.Dense(10, "softmax")(layers.Dense(64, "relu")(layers.Flatten()(last))))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def main(folder="build/examples", epochs=40, search=SEARCH):
    """Train it, let it lose 1 % of the accuracy at most, print what was tried, write the smallest file and run it."""
    train, dev, test = digits()
    keras.utils.set_random_seed(0)
    model = build()
    model.fit(train.x, train.y, epochs=epochs, verbose=0)
    fit = {"x": train.x, "y": train.y}
    small = squeeze(
        model, metric=dev.is_right, train=fit, calibration=train.x[:200], holdout=test.is_right, search=search
    )
    print(small.report())
    file = small.export(f"{folder}/digits_cnn.tflite")
    print("digits", file.predict(test.x[:5]).argmax(axis=-1), "should be", test.y[:5])


if __name__ == "__main__":
    main()
