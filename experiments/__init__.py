"""Charter to be written by the room."""
