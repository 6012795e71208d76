"""The archive for assistants, by the Model Context Protocol: tools that read it, and what is needed to use them."""
