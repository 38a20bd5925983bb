"""Knowledge as data: YAML with a JSON Schema each, and the generated module that the program loads instead."""
