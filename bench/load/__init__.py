"""What puts load on a server: wrk in a closed loop, a client of our own at a fixed rate of arrivals."""
