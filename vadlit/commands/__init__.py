"""The Hydra applications behind `vadlit COMMAND`."""
