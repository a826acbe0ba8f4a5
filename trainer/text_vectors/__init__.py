"""Where the teacher's frozen text vectors come from: MiniLM, WordLlama, USE, the articles themselves, or a file."""

from trainer.text_vectors.sources import is_file_name, kinds_of, made_by, resolve_source, text_vectors

__all__ = ["is_file_name", "kinds_of", "made_by", "resolve_source", "text_vectors"]
