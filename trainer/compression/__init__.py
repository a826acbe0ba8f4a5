"""Makes any Keras 3 model small, and gives a .tflite file that was run and compared."""
