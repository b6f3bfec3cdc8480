"""The child process side of the local engine: the only code of the app that imports torch and transformers."""
