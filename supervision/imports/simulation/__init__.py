"""The supervision side of the demonstration's story: lived on the same days as the months of the projects (projects.imports.simulation),
through the services, marked as simulated. One module per family; `run.Story` lives them."""
