"""One benchmark a module: `run(bench)` measures, says so on the terminal, and returns a Finding."""
