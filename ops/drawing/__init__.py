"""Pictures of what a house says. `stories` runs in Rasa's environment, `page` anywhere."""
