"""`python -m android_demo` starts the app on a desktop."""

from importlib.util import find_spec

if find_spec("kivy") is None:
    raise SystemExit("android_demo: kivy is not installed; it comes with the extra: pip install --editable '.[demo]'")

from android_demo.main import main

main()
