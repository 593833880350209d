"""Who may do what: tokens, the gate that checks them, and the hub of this computer."""
