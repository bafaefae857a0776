"""The service on several processes and stores, loaded and broken: `python -m tests.machines.load`, `python -m tests.machines.chaos`."""
