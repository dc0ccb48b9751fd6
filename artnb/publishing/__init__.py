"""Painters for everybody: folders that others open as a web page, or as an app of Gradio."""
