"""Icons and translations, as files. Read with importlib.resources."""
