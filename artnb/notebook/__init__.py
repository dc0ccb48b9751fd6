"""What only notebooks use: things shown below cells, and the steps of a session."""
