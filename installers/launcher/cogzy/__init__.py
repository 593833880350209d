"""The one entry point of Cogzy: see __main__."""
