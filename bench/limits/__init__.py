"""What the machine could do at best with the same SQL: nothing of Cartwheel's own runs here but its statements."""
