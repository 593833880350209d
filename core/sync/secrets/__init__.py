"""Likely secrets in what is about to go up: looked for, held back, left out, taken out."""
