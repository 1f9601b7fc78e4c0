"""Importable code that the pages show by section and use in their examples."""
