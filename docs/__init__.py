"""The pages. The user guide is shipped with the program, which shows it."""
