"""What all of artnb's web pages share: how they are written, their colours, letters and buttons."""

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined


def page_environment(package: str) -> Environment:
    """Give what writes pages from the templates of a package, or from those that all share.

    Whatever is put into a page is escaped there, also within scripts (`tojson`).

    Args:
        package: its name, such as `"artnb.gallery"`; templates lie in its folder `templates`.
    """
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("artnb.pages")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # `tojson` still escapes what could end a script.
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    return environment
