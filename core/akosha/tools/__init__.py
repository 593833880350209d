"""What a client can ask the hub to do, whichever way it speaks."""
