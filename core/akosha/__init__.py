"""Akosha, the hub: gathers the memory of many systems and searches it. A server of its own, or on this computer."""
