"""Training of FaceGrid's built-in face embedder and face detector by distillation."""
