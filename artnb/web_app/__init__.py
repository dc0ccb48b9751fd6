"""The explorer's choices as an app of Gradio, for several visitors."""
