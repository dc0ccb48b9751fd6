"""artnb turns photos into paintings: notebooks' engine room, on Keras 3.

The way from pictures to paintings, each step imported when it is first asked for:

    dataset = artnb.prepare(artnb.two_folders("holiday", "monet"), "data/monet")
    run = artnb.train(dataset, artnb.preset_config("preview"), "monet")
    artnb.translate(run, "holiday", "painted")
    artnb.evaluate(run)
    artnb.make_gallery([run], "gallery")
"""

from artnb.lazy import offered
from artnb.platform.backend import prefer_installed_backend

__version__ = "0.1.0"

# Keras reads KERAS_BACKEND once, when it is first imported, and fails where TensorFlow is
# missing and nothing is set: decide before any room of the package imports it.
prefer_installed_backend()

__getattr__, __dir__, __all__ = offered(
    __name__,
    {
        "artnb.data.check": "check_data",
        "artnb.data.dataset": "Dataset fixed_pictures open_dataset",
        "artnb.data.prepare": "prepare",
        "artnb.data.sources": "find_source two_folders",
        "artnb.demo": (
            "check_held_out chosen_epochs demo_config draw_contact_sheet draw_strokes_sheet "
            "run_demo"
        ),
        "artnb.drawing.grids": "before_and_after picture_grid save_picture titled_grid",
        "artnb.evaluation.evaluator": "Evaluator",
        "artnb.evaluation.folders": "evaluate_folders",
        "artnb.evaluation.extractor": "load_extractor",
        "artnb.evaluation.runs": "evaluate",
        "artnb.exchange.export": "export_generator",
        "artnb.exchange.importing": "import_generator",
        "artnb.explorer.explore": "explore",
        "artnb.gallery.make": "make_gallery",
        "artnb.method": "preset_config",
        "artnb.methods.cyclegan.config": "CycleGANConfig",
        "artnb.notebook.display": "LivePicture show show_source show_table",
        "artnb.notebook.pages": "show_page",
        "artnb.platform.backend": "start_keras",
        "artnb.platform.deadline": "Deadline",
        "artnb.platform.machine": "resolve_preset this_machine",
        "artnb.platform.where": "mounted outputs_folder unused_folder",
        "artnb.progress": "bar",
        "artnb.publishing.publish": "publish publish_space",
        "artnb.runs.run": "Run open_run",
        "artnb.sampling.files": "project_picture sample",
        "artnb.study.of_runs": "study_runs",
        "artnb.stylization.stylize": "stylize stylize_photos",
        "artnb.submission.build": "build_submission",
        "artnb.submission.check": "check_submission",
        "artnb.synthetic.collection": "clusters_beside make_demo_collection",
        "artnb.synthetic.dataset": (
            "demo_sizes held_out_pairs large_demo_pictures make_demo_data make_demo_photos"
        ),
        "artnb.synthetic.digits": "write_digits",
        "artnb.training.train": "train",
        "artnb.translation": "paint translate",
        "artnb.web_app.opening": "app",
    },
)
