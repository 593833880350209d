"""The way to a hub: what is sent, how it is asked, what it has acknowledged. The method itself is core.sync.http."""
