"""Writes the check files that tests run."""


def entry(name, peer, parameters="", labels=""):
    """One check of a list, in YAML. `parameters` and `labels`: more of them, as flow mappings' insides."""
    more = f", {parameters}" if parameters else ""
    labelled = f"  labels: {{{labels}}}\n" if labels else ""
    return (f"- name: {name}\n  plugin: check_tcp_connection\n{labelled}"
            f"  parameters: {{host: '{peer.host}', port: {peer.port}{more}}}\n")
