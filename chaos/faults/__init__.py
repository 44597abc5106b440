"""What breaks: processes that are killed or stand still, memory that is lost, wires that are cut or slow."""
