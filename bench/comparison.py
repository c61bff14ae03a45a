"""How a benchmark says what it found."""


def compare(name, ours, theirs, budget):
    """Prints the ratio of two medians, in seconds, and whether the budget is met; returns that."""
    ratio = ours / theirs
    is_met = ratio <= budget
    print(f"{name}: ratio {ratio:.2f}, budget {budget:.2f}: {'met' if is_met else 'NOT MET'}"
          f"  (medians {ours * 1e3:.3f} ms and {theirs * 1e3:.3f} ms)", flush=True)
    return is_met
