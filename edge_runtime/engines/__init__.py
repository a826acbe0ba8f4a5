"""Interpreters that run the bundle's TFLite members."""

from edge_runtime.engines.tflite import ENGINES, TfliteEngine, engine_version, pick_engine

__all__ = ["ENGINES", "TfliteEngine", "engine_version", "pick_engine"]
